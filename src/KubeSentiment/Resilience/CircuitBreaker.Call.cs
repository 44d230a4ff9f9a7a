namespace KubeSentiment.Resilience;

public sealed partial class CircuitBreaker
{
    /// <summary>Runs an action through the breaker, for callers who prefer exceptions to values.</summary>
    /// <remarks>
    /// Cancellation by <paramref name="cancellationToken"/> counts as nothing; every other exception is a failure, an
    /// <see cref="OperationCanceledException"/> of the action's own timeout included, unless <paramref name="isFailure"/> says that it is not.
    /// </remarks>
    /// <param name="action">The call to the dependency.</param>
    /// <param name="cancellationToken">Passed on to the action.</param>
    /// <param name="isFailure">False for exceptions that the caller is to blame for, not the dependency. They pass through and count as nothing.</param>
    /// <exception cref="CircuitOpenException">The breaker is open; the action was not run.</exception>
    public async Task<T> CallAsync<T>(
        Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken, Func<Exception, bool>? isFailure = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (!TryEnter(out var call))
        {
            throw new CircuitOpenException(Name, RetryAfter);
        }

        try
        {
            var result = await action(cancellationToken);
            call.Succeeded();
            return result;
        }
        catch (Exception e) when (IsHarmless(e))
        {
            call.Abandoned();
            throw;
        }
        catch
        {
            call.Failed();
            throw;
        }

        bool IsHarmless(Exception e) =>
            (e is OperationCanceledException && cancellationToken.IsCancellationRequested) || isFailure?.Invoke(e) == false;
    }
}
