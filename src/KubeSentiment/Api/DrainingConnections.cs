using KubeSentiment.Observability;

namespace KubeSentiment.Api;

/// <summary>Sends callers who keep their connections elsewhere while the service drains: each answer closes its connection.</summary>
/// <remarks>
/// Load balancers stop opening connections to a replica that is not ready, but leave the open ones alone. A request that is on its way when the server closes such a
/// connection is lost; one that was told to come by another connection is not.
/// </remarks>
internal sealed class DrainingConnections(Readiness readiness)
{
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        // HTTP/2 has no such header: there the server says it by GOAWAY when it stops.
        if (readiness.State == ReadinessState.Draining && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }

        return next(context);
    }
}
