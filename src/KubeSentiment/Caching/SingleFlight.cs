using System.Collections.Concurrent;

namespace KubeSentiment.Caching;

/// <summary>Computes what several callers ask for at the same time once.</summary>
/// <remarks>
/// <para>Who joins for a key gets a <see cref="Seat"/>. The first one leads: it starts the computation and lets the flight follow it; the others only wait. A
/// batch joins key by key, then computes the keys that it leads as one batch; a key twice in it gets a seat that leads and one that waits.</para>
/// <list type="bullet">
/// <item>A leader must end each flight it leads, by <see cref="Seat.Follow"/>, <see cref="Seat.Complete"/> or <see cref="Seat.Fail"/>, and start all
/// of them before it waits for any: batches that wait for each other's keys then cannot block each other.</item>
/// <item>The computation runs under <see cref="Seat.Abandoned"/>, not under the leader's own token: it ends with the last waiter, whoever that is.</item>
/// <item>A failure goes to all who wait and is forgotten: the next caller leads anew.</item>
/// <item>What ends is remembered first and leaves the table then. A caller that missed the cache just before and leads just after should look into the cache
/// once more, or it computes what is already there.</item>
/// </list>
/// <para>Bounded by nature: no flight without a caller that waits.</para>
/// </remarks>
internal sealed partial class SingleFlight<TKey, TValue>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Flight> _flights = new();

    /// <summary>Keys being computed.</summary>
    public int Count => _flights.Count;

    /// <summary>Takes a seat in the flight of a key, or leads a new one.</summary>
    /// <param name="key">What is asked for.</param>
    /// <param name="cancellationToken">Gives the seat back.</param>
    public Seat Join(TKey key, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_flights.TryGetValue(key, out var flight))
            {
                if (flight.TryBoard(out var answer))
                {
                    return new Seat(flight, leads: false, answer, cancellationToken);
                }

                // It has just ended and is about to leave the table.
                _flights.TryRemove(KeyValuePair.Create(key, flight));
            }

            flight = new Flight(this, key);
            if (_flights.TryAdd(key, flight))
            {
                return new Seat(flight, leads: true, flight.Answer, cancellationToken);
            }
        }
    }

    /// <summary>One caller's part in a flight.</summary>
    internal sealed class Seat
    {
        private readonly Flight _flight;

        internal Seat(Flight flight, bool leads, Task<TValue> answer, CancellationToken cancellationToken)
        {
            _flight = flight;
            Leads = leads;
            Answer = cancellationToken.CanBeCanceled ? WaitAsync(answer, cancellationToken) : answer;
        }

        /// <summary>Whether this caller computes.</summary>
        public bool Leads { get; }

        /// <summary>The answer; cancelled by the caller's own token only. A leader goes on at the thread that computed, all others at the pool.</summary>
        public Task<TValue> Answer { get; }

        /// <summary>Fires when nobody waits any more. The computation runs under it.</summary>
        public CancellationToken Abandoned => _flight.Abandoned;

        /// <summary>Ends the flight as the computation ends, whether or not the leader is still there.</summary>
        public void Follow(Task<TValue> computation) => _ = computation.ContinueWith(
            static (ended, flight) => ((Flight)flight!).EndAs(ended),
            _flight,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

        public void Complete(TValue value) => _flight.Complete(value);

        public void Fail(Exception exception) => _flight.Fail(exception);

        private async Task<TValue> WaitAsync(Task<TValue> answer, CancellationToken cancellationToken)
        {
            try
            {
                return await answer.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                _flight.Leave();
                throw;
            }
        }
    }
}
