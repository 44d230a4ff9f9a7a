using KubeSentiment.Resilience;

namespace KubeSentiment.Caching.Redis;

/// <summary>How a call to Redis ended.</summary>
internal enum RedisOutcome
{
    /// <summary>Redis answered.</summary>
    Answered,

    /// <summary>Redis failed, or took longer than the budget.</summary>
    Failed,

    /// <summary>The breaker was open: Redis was not asked, and nothing was spent.</summary>
    Skipped,
}

/// <summary>The one way from a request to Redis: bounded in time, guarded by the breaker, without exceptions.</summary>
/// <remarks>
/// <list type="number">
/// <item>While the breaker is open the call ends at once. So it does while the breaker waits for a trial and there is no connection: the trial is kept for the first
/// call that has one, or a Redis that is back would be left alone for a whole recovery timeout more.</item>
/// <item>A connection is taken from the pool; with none, the call has failed. Connecting is never done here.</item>
/// <item>The command is sent and waited for until the budget is used up. An answer that comes later is dropped.</item>
/// <item>A failure that may pass, such as a connection that broke, is tried again after a short pause on the next connection, as long as that can be in time. Only
/// commands that may run twice are given to this class.</item>
/// <item>The end is told to the breaker: answers, failures and exceeded budgets, those of calls that waited together once (<see cref="Silences"/>). Cancellation by the
/// caller counts as nothing, and so does a write that Redis refuses: a full or read-only Redis still answers lookups.</item>
/// </list>
/// </remarks>
internal sealed class RedisGate(
    RedisConnections connections, CircuitBreaker breaker, RedisMetrics metrics, TimeProvider time, TimeSpan budget)
{
    /// <summary>Most repetitions of one call.</summary>
    private const int MostRepetitions = 3;

    // First about what another connection of the pool, or a failover's last moment, needs.
    private readonly Backoff _backoff = new(budget / 8, budget, new Random());
    private readonly Silences _silences = new(time);

    public CircuitBreaker Breaker => breaker;

    /// <summary>Longest time that a call here takes.</summary>
    public TimeSpan Budget => budget;

    /// <summary>Sends a command that may run twice, and waits for its answer within the budget.</summary>
    /// <returns>How it ended, what Redis answered, and what went wrong when it has failed, in a word of <see cref="RedisErrors"/>.</returns>
    /// <exception cref="OperationCanceledException">The caller went away; nothing else is thrown.</exception>
    public async ValueTask<(RedisOutcome Outcome, T? Value, string? Error)> CallAsync<T, TState>(
        string operation, TState state, Func<RedisConnection, TState, Task<T>> send, CancellationToken cancellationToken)
    {
        // 1. The breaker.
        if (breaker.State != CircuitState.Closed && !connections.IsConnected)
        {
            breaker.TurnedAway();
            return (RedisOutcome.Skipped, default, null);
        }

        if (!breaker.TryEnter(out var call))
        {
            return (RedisOutcome.Skipped, default, null);
        }

        var started = time.GetTimestamp();
        string? error = null;
        var refused = false;
        for (var repetition = 0; error is null; repetition++)
        {
            // 2. A connection.
            if (!connections.TryTake(out var connection))
            {
                error = connections.Trouble;
                break;
            }

            // 3. The command, within what is left of the budget.
            var (value, failure) = await SendAsync(send, connection, state, budget - time.GetElapsedTime(started), cancellationToken);
            if (failure is null)
            {
                call.Succeeded();
                metrics.Ended(operation, time.GetElapsedTime(started));
                return (RedisOutcome.Answered, value, null);
            }

            if (cancellationToken.IsCancellationRequested)
            {
                call.Abandoned();
                cancellationToken.ThrowIfCancellationRequested();
            }

            // 4. Once more, where that may help and can be in time.
            var pause = RedisErrors.IsPassing(failure) && repetition < MostRepetitions ? _backoff.Delay(repetition, budget - time.GetElapsedTime(started)) : null;
            if (pause is null)
            {
                error = failure is BudgetUsedUp ? RedisErrors.Budget : RedisErrors.TypeOf(failure);
                refused = RedisOperations.IsWrite(operation) && RedisErrors.IsRefusal(failure);
                break;
            }

            await Task.Delay(pause.Value, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // 5. It failed.
        if (refused || (error == RedisErrors.Budget && !_silences.IsNew(started)))
        {
            call.Abandoned();
        }
        else
        {
            call.Failed();
        }

        metrics.Failed(operation, error!, time.GetElapsedTime(started));
        return (RedisOutcome.Failed, default, error);
    }

    private async ValueTask<(T? Value, Exception? Failure)> SendAsync<T, TState>(
        Func<RedisConnection, TState, Task<T>> send, RedisConnection connection, TState state, TimeSpan left, CancellationToken cancellationToken)
    {
        if (left <= TimeSpan.Zero)
        {
            return (default, new BudgetUsedUp());
        }

        Task<T>? sent = null;
        try
        {
            sent = send(connection, state);
            return (await sent.WaitAsync(left, time, cancellationToken), null);
        }
        catch (Exception e)
        {
            // Running on: the answer comes too late, or the caller left. Whatever it is, somebody must look at it.
            if (sent is { IsCompleted: false })
            {
                _ = sent.ContinueWith(
                    static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                return (default, new BudgetUsedUp());
            }

            return (default, e);
        }
    }

    private sealed class BudgetUsedUp : Exception;
}
