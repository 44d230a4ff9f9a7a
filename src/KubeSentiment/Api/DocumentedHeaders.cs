using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace KubeSentiment.Api;

/// <summary>The headers of answers, for the document: generated clients offer those that it names.</summary>
internal static class DocumentedHeaders
{
    private static readonly Dictionary<string, OpenApiHeader> All = new()
    {
        [CorrelationId.Header] = Text("The request's name in the logs: the caller's, if it is a sound one, or a new one."),
        [HeaderNames.RetryAfter] = Whole("Seconds to wait before trying again. Left out where that would not help."),
        [HeaderNames.Location] = Text("The path of the job's status."),
        [AnswerStamp.InferenceTimeHeader] = Number("How long the model ran for one text, or a batch took as a whole, in milliseconds; 0 for a remembered answer."),
        [AnswerStamp.BackendHeader] = Text("What ran the model."),
    };

    public static void Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (response is OpenApiResponse { } answer)
            {
                answer.Headers = Of(operation.OperationId, status, answer).ToDictionary(name => name, IOpenApiHeader (name) => Reference(name, context.Document!));
            }
        }
    }

    private static IEnumerable<string> Of(string? operation, string status, OpenApiResponse answer)
    {
        yield return CorrelationId.Header;
        switch (status)
        {
            case "503" or "409" when answer.Content?.ContainsKey(ProblemResult.ContentType) is true:
                yield return HeaderNames.RetryAfter;
                break;
            case "202":
                yield return HeaderNames.Location;
                break;
            case "200" when operation is ApiRoutes.PredictName or ApiRoutes.PredictBatchName or ApiRoutes.FeaturesName:
                yield return AnswerStamp.InferenceTimeHeader;
                yield return AnswerStamp.BackendHeader;
                break;
        }
    }

    private static OpenApiHeaderReference Reference(string name, OpenApiDocument document)
    {
        document.Components ??= new OpenApiComponents();
        document.Components.Headers ??= new Dictionary<string, IOpenApiHeader>();
        document.Components.Headers[name] = All[name];
        return new OpenApiHeaderReference(name, document);
    }

    private static OpenApiHeader Text(string description) => Of(JsonSchemaType.String, description);

    private static OpenApiHeader Whole(string description) => Of(JsonSchemaType.Integer, description);

    private static OpenApiHeader Number(string description) => Of(JsonSchemaType.Number, description);

    private static OpenApiHeader Of(JsonSchemaType type, string description) => new() { Description = description, Schema = new OpenApiSchema { Type = type } };
}
