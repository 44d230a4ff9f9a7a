using System.Diagnostics.CodeAnalysis;

namespace KubeSentiment.Caching;

internal sealed partial class SingleFlight<TKey, TValue>
{
    /// <summary>One computation and those who wait for it.</summary>
    [SuppressMessage("Design", "CA1001", Justification = "The source has no timer and links to none; the computation may look at its token at any time.")]
    internal sealed class Flight(SingleFlight<TKey, TValue> owner, TKey key)
    {
        private readonly Lock _lock = new();
        private readonly CancellationTokenSource _abandoned = new();

        // The leader goes on where its computation ends: it chose the thread. The others must not, for they would keep that thread from its work.
        private readonly TaskCompletionSource<TValue> _leading = new();

        // Guarded by _lock. Once ended, nobody boards and the answers are set by whoever ended it.
        private TaskCompletionSource<TValue>? _following;
        private int _waiting = 1;
        private bool _ended;

        /// <summary>The answer for the one who started the flight.</summary>
        public Task<TValue> Answer => _leading.Task;

        public CancellationToken Abandoned => _abandoned.Token;

        /// <summary>Adds one who waits.</summary>
        /// <param name="answer">What it waits for.</param>
        /// <returns>False when the flight has ended.</returns>
        public bool TryBoard([NotNullWhen(true)] out Task<TValue>? answer)
        {
            lock (_lock)
            {
                if (_ended)
                {
                    answer = null;
                    return false;
                }

                _waiting++;
                _following ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                answer = _following.Task;
                return true;
            }
        }

        public void Leave()
        {
            lock (_lock)
            {
                if (_ended || --_waiting > 0)
                {
                    return;
                }

                _ended = true;
            }

            // Out of the table first: whoever comes now leads a flight of its own.
            LeaveTable();
            _following?.TrySetCanceled();
            _leading.TrySetCanceled();
            _abandoned.Cancel();
        }

        public void Complete(TValue value)
        {
            if (TryEnd())
            {
                _following?.TrySetResult(value);
                _leading.TrySetResult(value);
            }
        }

        public void Fail(Exception exception)
        {
            if (TryEnd())
            {
                _following?.TrySetException(exception);
                _leading.TrySetException(exception);
            }
        }

        public void EndAs(Task<TValue> ended)
        {
            if (TryEnd())
            {
                _following?.TrySetFromTask(ended);
                _leading.TrySetFromTask(ended);
            }
        }

        private bool TryEnd()
        {
            lock (_lock)
            {
                if (_ended)
                {
                    return false;
                }

                _ended = true;
            }

            LeaveTable();
            return true;
        }

        private void LeaveTable() => owner._flights.TryRemove(KeyValuePair.Create(key, this));
    }
}
