using KubeSentiment.Api.Sockets;
using KubeSentiment.Pipeline;

namespace KubeSentiment.Api;

/// <summary>Refuses predictions before their requests have been read: see <see cref="EarlyRefusal"/>.</summary>
/// <remarks>Only those of which nothing more need be known. A browser's, which may not read an answer without the headers of CORS, and one without the service's key go the whole way.</remarks>
internal sealed class UnreadRequests(EarlyRefusal early, Outcomes outcomes, ApiKeyGuard guard, MetricsPort metrics, EndpointDataSource endpoints)
{
    private readonly Lazy<Endpoint> _predict = new(
        () => endpoints.Endpoints.First(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName == ApiRoutes.PredictName));

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (!early.IsLikely || !SocketThread.IsShortPrediction(request) || metrics.Has(context) || BrowserRequests.Includes(request) || !guard.Admits(request)
            || !early.TryRefuse(out var refused))
        {
            return next(context);
        }

        // Where routing would have led it: figures of requests go by route.
        context.SetEndpoint(_predict.Value);
        return outcomes.Problem(refused).ExecuteAsync(context);
    }
}
