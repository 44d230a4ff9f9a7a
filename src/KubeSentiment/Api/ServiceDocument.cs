using KubeSentiment.Configuration;
using Microsoft.OpenApi;

namespace KubeSentiment.Api;

/// <summary>The OpenAPI document, beyond what the routes say themselves.</summary>
internal static class ServiceDocument
{
    private const string KeyScheme = "api_key";

    public static IServiceCollection AddServiceDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddOperationTransformer((operation, _, _) =>
        {
            // Bodies are JSON; the routes let other content types through only to refuse them in words.
            if (operation.RequestBody?.Content is { } content && content.Remove(JsonBody.AnyContentType, out var body))
            {
                content["application/json"] = body;
            }

            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, context, _) =>
        {
            var service = context.ApplicationServices.GetRequiredService<ServiceOptions>();
            document.Info = new OpenApiInfo
            {
                Title = service.AppName,
                Version = service.AppVersion,
                Description = "Sentiment of texts. Errors are RFC 9457 problems with an error_code; refusals (503) carry Retry-After.",
            };
            // The document is served from wherever the service runs; a fixed address would be wrong everywhere else.
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = ApiKeyGuard.Header,
                Description = "Needed under /api/v1 when the service was given MLOPS_API_KEY.",
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [] }];
            return Task.CompletedTask;
        });
    });
}
