using System.Text;
using System.Text.Json.Nodes;
using KubeSentiment.Api.Contracts;
using KubeSentiment.Configuration;
using KubeSentiment.Pipeline;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace KubeSentiment.Api;

/// <summary>The OpenAPI document, beyond what the routes say themselves.</summary>
internal static class ServiceDocument
{
    private const string Name = "v1";
    private const string KeyScheme = "api_key";

    public static IServiceCollection AddServiceDocument(this IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.AddOperationTransformer((operation, context, _) =>
        {
            AskForKey(operation, context);
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type == typeof(AnswerSource) || context.JsonTypeInfo.Type == typeof(AnswerSource?))
            {
                DescribeAnswerSource(schema);
            }

            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, context, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = context.ApplicationServices.GetRequiredService<ServiceOptions>().AppName,
                // The interface's version; the program's, which changes more often, is at the root path.
                Version = Name,
                Description = Description(),
            };
            // The document is served from wherever the service runs; a fixed address would be wrong everywhere else.
            document.Servers = [];
            LeaveOutNull(document);
            return Task.CompletedTask;
        });
    });

    /// <summary>What <see cref="AnswerSourceConverter"/> writes.</summary>
    private static void DescribeAnswerSource(OpenApiSchema schema)
    {
        schema.Type = null;
        schema.Enum = null;
        schema.OneOf =
        [
            new OpenApiSchema { Type = JsonSchemaType.Boolean, Enum = [JsonValue.Create(false)] },
            new OpenApiSchema { Type = JsonSchemaType.String, Enum = [JsonValue.Create("l1"), JsonValue.Create("l2")] },
        ];
    }

    /// <summary>Null is C#'s word here, not the wire's: requests may not send it for a field, and answers leave the field out.</summary>
    private static void LeaveOutNull(OpenApiDocument document)
    {
        foreach (var (contract, schema) in document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>())
        {
            foreach (var (name, property) in schema.Properties?.ToList() ?? [])
            {
                if (WithoutNull(property) is { } value)
                {
                    schema.Properties![name] = value;
                    if (!contract.EndsWith("Request", StringComparison.Ordinal))
                    {
                        schema.Required?.Remove(name);
                    }
                }
            }
        }
    }

    /// <summary>What the property is when it is there; null for one that always is.</summary>
    private static IOpenApiSchema? WithoutNull(IOpenApiSchema property)
    {
        if (property.OneOf is { Count: 2 } either && either.Any(option => option.Type == JsonSchemaType.Null))
        {
            return either.First(option => option.Type != JsonSchemaType.Null);
        }

        if (property is OpenApiSchema { Type: { } type } own && type.HasFlag(JsonSchemaType.Null))
        {
            own.Type = type & ~JsonSchemaType.Null;
            return own;
        }

        return null;
    }

    private static void AskForKey(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<ApiKeyGuard.OpenToAll>().Any())
        {
            return;
        }

        var document = context.Document!;
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = ApiKeyGuard.Header,
            Description = "Needed when the service was given MLOPS_API_KEY.",
        };
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [] }];
    }

    /// <summary>Its headings are what <see cref="ApiError.Explanation"/> points to.</summary>
    private static string Description()
    {
        var text = new StringBuilder(
            """
            Sentiment of texts.

            # Errors

            Errors are RFC 9457 problems with an `error_code`, a `correlation_id` that the service's log knows, and `validation_errors` where fields are wrong.

            """);
        foreach (var code in ApiError.All.GroupBy(error => error.Code))
        {
            text.Append("\n## ").Append(code.Key).Append("\n\n");
            foreach (var error in code)
            {
                text.Append($"- **{error.Status} {error.Title}.** {error.When} {error.Remedy}\n");
            }
        }

        return text.ToString();
    }
}
