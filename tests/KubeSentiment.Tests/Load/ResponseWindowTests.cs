using CsCheck;
using KubeSentiment.Load;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Load;

/// <summary>What the last minute was like.</summary>
public sealed class ResponseWindowTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ResponseWindow _window;

    public ResponseWindowTests() => _window = new ResponseWindow(_time);

    [Fact]
    public void Read_NothingHappened_IsAllZero() => _window.Read().ShouldBe(new ResponseStatistics(0, 0, 0, TimeSpan.Zero, TimeSpan.Zero));

    [Fact]
    public void Read_FirstSecond_CountsAsAWholeOne()
    {
        Add(50, 10);

        _window.Read().PerSecond.ShouldBe(50);
    }

    [Fact]
    public void Read_SteadyLoad_GivesItsFigures()
    {
        for (var second = 0; second < 120; second++)
        {
            Add(8, 10);
            Add(2, 110, failed: true);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var read = _window.Read();
        read.PerSecond.ShouldBe(10, 1e-9);
        read.Responses.ShouldBe(590);
        read.ErrorRate.ShouldBe(0.2, 1e-9);
        read.MeanTime.TotalMilliseconds.ShouldBe(30, 1e-9);
        read.P95Time.TotalMilliseconds.ShouldBe(110, 110 * 0.0625);
    }

    [Fact]
    public void Read_LoadEnded_ForgetsItAfterAMinute()
    {
        Add(100, 10);
        _time.Advance(TimeSpan.FromSeconds(59.999));
        _window.Read().Responses.ShouldBe(100);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        _window.Read().Responses.ShouldBe(0);
    }

    [Fact]
    public void Add_SameSlotAMinuteLater_ReplacesWhatWasThere()
    {
        Add(100, 10);
        _time.Advance(TimeSpan.FromMinutes(5));
        Add(1, 20);

        _window.Read().Responses.ShouldBe(1);
        _window.Read().MeanTime.TotalMilliseconds.ShouldBe(20);
    }

    [Fact]
    public void Read_AnyDurations_GivesTheirQuantileToWithinASixteenth() => Gen.Int[1, 200_000_000].Array[1, 200].Sample(microseconds =>
    {
        var window = new ResponseWindow(new FakeTimeProvider());
        foreach (var duration in microseconds)
        {
            window.Add(TimeSpan.FromMicroseconds(duration), failed: false);
        }

        Array.Sort(microseconds);
        var exact = microseconds[(int)Math.Ceiling(microseconds.Length * 0.95) - 1];
        window.Read().P95Time.TotalMicroseconds.ShouldBe(exact, Math.Max(1, exact / 16.0));
    });

    [Theory]
    [InlineData(-5)]
    [InlineData(0)]
    [InlineData(1e9)]
    public void Add_OddDurations_AreCounted(double milliseconds)
    {
        Add(1, milliseconds);

        _window.Read().Responses.ShouldBe(1);
    }

    [Fact]
    public async Task Add_ManyThreadsWhileTimePasses_LosesNothing()
    {
        const int Threads = 6;
        const int Each = 200_000;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                _window.Add(TimeSpan.FromMilliseconds(1), failed: i % 4 == 0);
                if (thread == 0 && i % 10_000 == 0)
                {
                    // Twenty seconds in all: nothing falls out of the window.
                    _time.Advance(TimeSpan.FromSeconds(1));
                    _window.Read();
                }
            }
        })));

        var read = _window.Read();
        read.Responses.ShouldBe(Threads * Each);
        read.ErrorRate.ShouldBe(0.25);
        read.MeanTime.ShouldBe(TimeSpan.FromMilliseconds(1));
    }

    private void Add(int responses, double milliseconds, bool failed = false)
    {
        for (var i = 0; i < responses; i++)
        {
            _window.Add(TimeSpan.FromMilliseconds(milliseconds), failed);
        }
    }
}
