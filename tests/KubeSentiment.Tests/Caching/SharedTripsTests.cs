using KubeSentiment.Caching.Redis;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace KubeSentiment.Tests.Caching;

public sealed class SharedTripsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly List<(RedisKey[] Keys, TaskCompletionSource<RedisValue[]> Reply)> _sent = [];
    private readonly SharedTrips _trips;

    public SharedTripsTests() => _trips = new SharedTrips(Send, _time, Patience);

    [Fact]
    public async Task Get_NothingUnderWay_DepartsAtOnce()
    {
        var first = _trips.GetAsync(["a", "b"]);

        _sent.Count.ShouldBe(1);
        Reply(0);
        (await first).ShouldBe(["value of a", "value of b"]);
        var second = _trips.GetAsync(["c"]);
        await SentAsync(2);
        _sent.Count.ShouldBe(2);
        Reply(1);
        (await second).ShouldBe(["value of c"]);
    }

    [Fact]
    public async Task Get_OneUnderWay_TheOthersGoTogetherInTheNext()
    {
        var first = _trips.GetAsync(["a"]);
        var others = new[] { _trips.GetAsync(["b"]), _trips.GetAsync(["c", "d"]), _trips.GetAsync(["e"]) };
        _sent.Count.ShouldBe(1);

        Reply(0);
        await first;
        await SentAsync(2);

        _sent[1].Keys.ShouldBe(["b", "c", "d", "e"]);
        Reply(1);
        (await others[0]).ShouldBe(["value of b"]);
        (await others[1]).ShouldBe(["value of c", "value of d"]);
        (await others[2]).ShouldBe(["value of e"]);
        _trips.Waiting.ShouldBe(0);
    }

    /// <summary>Nobody wakes a thread for one key; whoever has more to do than that is not waited for.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Get_Answered_OneKeyGoesOnAtTheRepliesThreadAndSeveralAtThePool(int keys)
    {
        var reply = new TaskCompletionSource<RedisValue[]>();
        var trips = new SharedTrips(_ => reply.Task, _time, Patience);
        var lookup = Threads.AfterAsync(trips.GetAsync([.. Enumerable.Range(0, keys).Select(key => (RedisKey)$"{key}")]));

        var replying = Threads.Start(() =>
        {
            reply.SetResult(new RedisValue[keys]);
            return Environment.CurrentManagedThreadId;
        });

        ((await lookup).Id == await replying).ShouldBe(keys == 1);
    }

    [Fact]
    public async Task Get_AnsweredWithOthersWaiting_GoesOnWhenTheNextTripIsUnderWay()
    {
        var first = SentThen(_trips.GetAsync(["a"]));
        var second = _trips.GetAsync(["b"]);

        Reply(0);

        (await first).ShouldBe(2);
        Reply(1);
        await second;

        async Task<int> SentThen(Task lookup)
        {
            await lookup.ConfigureAwait(false);
            return SentCount();
        }
    }

    [Fact]
    public async Task Get_ReplyTooShort_FailsForAllInTheTrip()
    {
        var trips = new SharedTrips(_ => Task.FromResult<RedisValue[]>([]), _time, Patience);

        await Should.ThrowAsync<InvalidOperationException>(trips.GetAsync(["a"]));
    }

    [Fact]
    public async Task Get_MoreKeysThanATripHolds_TheRestTakesTheNext()
    {
        var first = _trips.GetAsync(["a"]);
        var big = Enumerable.Range(0, SharedTrips.MostKeys).Select(i => (RedisKey)$"{i}").ToArray();
        var (whole, late) = (_trips.GetAsync(big), _trips.GetAsync(["late"]));

        Reply(0);
        await SentAsync(2);
        _sent[1].Keys.ShouldBe(big);
        Reply(1);
        await SentAsync(3);
        Reply(2);

        (await first).Length.ShouldBe(1);
        (await whole).Length.ShouldBe(big.Length);
        (await late).ShouldBe(["value of late"]);
    }

    [Fact]
    public async Task Get_ATripFails_AllOfItFailAndNobodyElse()
    {
        var first = _trips.GetAsync(["a"]);
        var (second, third) = (_trips.GetAsync(["b"]), _trips.GetAsync(["c"]));
        Reply(0);
        await SentAsync(2);
        _sent[1].Reply.SetException(new RedisConnectionException(ConnectionFailureType.SocketFailure, CommandFlags.None, "The connection broke."));

        await Should.ThrowAsync<RedisConnectionException>(second);
        await Should.ThrowAsync<RedisConnectionException>(third);
        (await first).ShouldBe(["value of a"]);
        var fourth = _trips.GetAsync(["d"]);
        await SentAsync(3);
        Reply(2);
        (await fourth).ShouldBe(["value of d"]);
    }

    [Fact]
    public async Task Get_ATripThatTakesTooLong_IsNotWaitedFor()
    {
        var stuck = _trips.GetAsync(["a"]);
        var waits = _trips.GetAsync(["b"]);
        _time.Advance(Patience);

        var next = _trips.GetAsync(["c"]);

        _sent[1].Keys.ShouldBe(["b", "c"]);
        Reply(1);
        (await waits).ShouldBe(["value of b"]);
        (await next).ShouldBe(["value of c"]);

        // The stuck one takes nobody along any more: the later trips do.
        var fourth = _trips.GetAsync(["d"]);
        await SentAsync(3);
        var fifth = _trips.GetAsync(["e"]);
        Reply(0);
        (await stuck).ShouldBe(["value of a"]);
        _sent.Count.ShouldBe(3);
        Reply(2);
        (await fourth).ShouldBe(["value of d"]);
        await SentAsync(4);
        Reply(3);
        (await fifth).ShouldBe(["value of e"]);
    }

    [Fact]
    public async Task Get_SendThrowsAtOnce_FailsAndTheNextDeparts()
    {
        var broken = true;
        var trips = new SharedTrips(
            keys => broken ? throw new ObjectDisposedException("multiplexer") : Task.FromResult(Array.ConvertAll(keys, ValueOf)), _time, Patience);

        await Should.ThrowAsync<ObjectDisposedException>(trips.GetAsync(["a"]));
        broken = false;
        (await trips.GetAsync(["b"])).ShouldBe(["value of b"]);
    }

    /// <summary>Many callers of few and many keys over a server that is fast, slow, silent for a while or failing: everybody gets his own values or a failure.</summary>
    [Fact]
    public async Task Get_ManyCallers_EachGetsItsOwnValues()
    {
        const int Callers = 32, Rounds = 1_000;
        var (lookups, trips, wrong, failed) = (0, 0, 0, 0);
        var shared = new SharedTrips(ServeAsync, TimeProvider.System, TimeSpan.FromMilliseconds(1));

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(seed => Task.Run(() => CallAsync(new Random(seed), seed))))
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        wrong.ShouldBe(0);
        lookups.ShouldBe(Callers * Rounds);
        failed.ShouldBeInRange(1, lookups / 2);
        trips.ShouldBeLessThan(lookups);
        shared.Waiting.ShouldBe(0);

        async Task CallAsync(Random random, int caller)
        {
            for (var round = 0; round < Rounds; round++)
            {
                var keys = Enumerable.Range(0, random.Next(1, 8)).Select(i => (RedisKey)$"{caller} {round} {i}").ToArray();
                Interlocked.Increment(ref lookups);
                try
                {
                    var values = await shared.GetAsync(keys);
                    Interlocked.Add(ref wrong, values.SequenceEqual(Array.ConvertAll(keys, ValueOf)) ? 0 : 1);
                }
                catch (TimeZoneNotFoundException)
                {
                    Interlocked.Increment(ref failed);
                }
            }
        }

        async Task<RedisValue[]> ServeAsync(RedisKey[] keys)
        {
            var trip = Interlocked.Increment(ref trips);
            Interlocked.Add(ref wrong, keys.Length > SharedTrips.MostKeys ? 1 : 0);
            await Task.Yield();
            if (trip % 200 == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            }

            return trip % 50 == 0 ? throw new TimeZoneNotFoundException("An exception that nothing else throws.") : Array.ConvertAll(keys, ValueOf);
        }
    }

    private static RedisValue ValueOf(RedisKey key) => $"value of {key}";

    private Task<RedisValue[]> Send(RedisKey[] keys)
    {
        var reply = new TaskCompletionSource<RedisValue[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_sent)
        {
            _sent.Add((keys, reply));
        }

        return reply.Task;
    }

    private void Reply(int trip) => _sent[trip].Reply.SetResult(Array.ConvertAll(_sent[trip].Keys, ValueOf));

    private async Task SentAsync(int trips)
    {
        while (SentCount() < trips)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private int SentCount()
    {
        lock (_sent)
        {
            return _sent.Count;
        }
    }
}
