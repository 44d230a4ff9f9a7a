using System.Text;
using System.Text.Json.Nodes;
using KubeSentiment.Api.Contracts;
using KubeSentiment.Configuration;
using KubeSentiment.Pipeline;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
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
        options.CreateSchemaReferenceId = type => IsAnswerSource(type.Type) ? null : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        options.AddOperationTransformer((operation, context, _) =>
        {
            AskForKey(operation, context);
            NameProbe(operation, context.Description);
            DescribeOtherTypes(operation);
            DocumentedHeaders.Describe(operation, context);
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (IsAnswerSource(context.JsonTypeInfo.Type))
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

    private static bool IsAnswerSource(Type type) => type == typeof(AnswerSource) || type == typeof(AnswerSource?);

    /// <summary>What <see cref="AnswerSourceConverter"/> writes, in place and without a type.</summary>
    /// <remarks>Of "false or a string" NSwag takes the first, and of a schema that has a name it makes a class: its client then fails on remembered answers, or on all.</remarks>
    private static void DescribeAnswerSource(OpenApiSchema schema)
    {
        schema.Type = null;
        schema.Enum = null;
        schema.Description = "False where the model was run, else the level that remembered the answer: \"l1\" (this replica) or \"l2\" (Redis).";
        schema.Examples = [JsonValue.Create(false), JsonValue.Create("l1"), JsonValue.Create("l2")];
    }

    /// <summary>One route answers GET and HEAD, so it has no name of its own; and to HEAD there is no body to read.</summary>
    private static void NameProbe(OpenApiOperation operation, ApiDescription route)
    {
        var isHead = route.HttpMethod == HttpMethods.Head;
        operation.OperationId ??= route.RelativePath + (isHead ? "_head" : "");
        if (isHead)
        {
            foreach (var response in (operation.Responses ?? []).Values.OfType<OpenApiResponse>())
            {
                response.Content = null;
            }
        }
    }

    /// <summary>What is taken or given beside JSON.</summary>
    private static void DescribeOtherTypes(OpenApiOperation operation)
    {
        if (operation.OperationId == ApiRoutes.SubmitName)
        {
            operation.RequestBody!.Content![JobBody.Lines] = TextOf("A JSON string, or an object with `text`, on each line.");
        }
        else if (operation.OperationId == ApiRoutes.RootName && operation.Responses!["200"].Content is { } content)
        {
            content["text/html"] = TextOf("The page to try the service, for browsers.");
        }

        static OpenApiMediaType TextOf(string description) => new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = description } };
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
