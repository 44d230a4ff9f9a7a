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

        // Who waits must not run on the thread that computed: it has the next batch to do.
        private readonly TaskCompletionSource<TValue> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // Guarded by _lock. Once ended, nobody boards and the answer is set by whoever ended it.
        private int _waiting = 1;
        private bool _ended;

        public Task<TValue> Answer => _answer.Task;

        public CancellationToken Abandoned => _abandoned.Token;

        /// <summary>Adds one who waits.</summary>
        /// <returns>False when the flight has ended.</returns>
        public bool TryBoard()
        {
            lock (_lock)
            {
                _waiting += _ended ? 0 : 1;
                return !_ended;
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
            _answer.TrySetCanceled();
            _abandoned.Cancel();
        }

        public void Complete(TValue value)
        {
            if (TryEnd())
            {
                _answer.TrySetResult(value);
            }
        }

        public void Fail(Exception exception)
        {
            if (TryEnd())
            {
                _answer.TrySetException(exception);
            }
        }

        public void EndAs(Task<TValue> ended)
        {
            if (TryEnd())
            {
                _answer.TrySetFromTask(ended);
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
