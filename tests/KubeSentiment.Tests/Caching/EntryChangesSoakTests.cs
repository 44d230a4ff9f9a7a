using KubeSentiment.Caching;

namespace KubeSentiment.Tests.Caching;

/// <summary>Lookups that bring an entry from one level to the other while it changes: what is left above is never older than what lies below.</summary>
public sealed class EntryChangesSoakTests
{
    private const int Readers = 3;
    private const int Rounds = 5_000;
    private const long Nothing = 0;

    private static readonly LocalKey Key = new("test", CacheType.Feature, named: true, "a");

    private readonly EntryChanges _changes = new();
    private long _memory;
    private long _redis;

    [Fact]
    public void Changes_ManyLookups_LeaveNothingOldInMemory()
    {
        var old = 0;
        using var round = new Barrier(Readers + 1, _ =>
        {
            old += _memory != Nothing && _memory != _redis ? 1 : 0;
            // The next lookups find it below.
            _memory = Nothing;
        });

        Parallel.For(0, Readers + 1, new ParallelOptions { MaxDegreeOfParallelism = Readers + 1 }, actor =>
        {
            var random = new Random(actor);
            for (var version = 1; version <= Rounds; version++)
            {
                Thread.SpinWait(random.Next(50));
                if (actor > 0)
                {
                    LookUp(random);
                }
                else if (version % 3 == 0)
                {
                    Delete();
                }
                else
                {
                    Set(version);
                }

                round.SignalAndWait(TestContext.Current.CancellationToken);
            }
        });

        old.ShouldBe(0);
    }

    private void LookUp(Random random)
    {
        var changes = _changes.Of(Key);
        if (Volatile.Read(ref _memory) == Nothing && Volatile.Read(ref _redis) is var found and not Nothing)
        {
            Thread.SpinWait(random.Next(50));
            if (_changes.AreStill(changes, Key))
            {
                Volatile.Write(ref _memory, found);
                if (!_changes.AreStill(changes, Key))
                {
                    Volatile.Write(ref _memory, Nothing);
                }
            }
        }
    }

    private void Set(long version)
    {
        _changes.Note(Key);
        Volatile.Write(ref _memory, version);
        _changes.Note(Key);
        Volatile.Write(ref _redis, version);
    }

    private void Delete()
    {
        _changes.Note(Key);
        Volatile.Write(ref _memory, Nothing);
        Volatile.Write(ref _redis, Nothing);
        _changes.Note(Key);
        Volatile.Write(ref _memory, Nothing);
    }
}
