using KubeSentiment.Load;
using KubeSentiment.Resilience;

namespace KubeSentiment.Tests.Load;

/// <summary>The examples of docs/load.md, compiled and run.</summary>
internal sealed class LoadExample(AdmissionController gate, LoadMetrics load, LoadMonitor monitor, CircuitBreakers breakers, TimeProvider time)
{
    #region work
    public async Task<string> AnswerAsync(IReadOnlyList<string> texts, Func<CancellationToken, Task<string>> work, CancellationToken cancellationToken)
    {
        // In: the texts count as active. Out, at the end of the block: they do not any more, whatever happens.
        using var admission = await gate.TryEnterAsync(texts.Count, cancellationToken);
        if (!admission.IsAdmitted)
        {
            return $"refused: {admission.Refusal}, retry after {admission.RetryAfter.TotalSeconds:0} s";
        }

        var started = time.GetTimestamp();
        try
        {
            var answer = await breakers.Get(CircuitBreakers.Model).CallAsync(work, cancellationToken);
            load.RecordResponseTime(time.GetElapsedTime(started));
            return answer;
        }
        catch (CircuitOpenException e)
        {
            return $"refused: {e.Name} is broken, retry after {e.RetryAfter.TotalSeconds:0} s";
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            load.RecordResponseTime(time.GetElapsedTime(started), failed: true);
            throw;
        }
    }
    #endregion

    #region signals
    public string Signals()
    {
        var hpa = monitor.GetHpaMetrics();
        return $"accepts {gate.ShouldAccept()}, active {hpa.ActiveRequests}, score {hpa.HealthScore:0}, up {hpa.ShouldScaleUp}, down {hpa.ShouldScaleDown}";
    }

    public bool Reset(string dependency)
    {
        if (!breakers.TryGet(dependency, out var breaker))
        {
            return false;
        }

        breaker.Reset();
        return true;
    }
    #endregion
}
