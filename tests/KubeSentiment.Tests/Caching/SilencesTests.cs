using KubeSentiment.Caching.Redis;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Caching;

/// <summary>Calls that waited together tell of one silence.</summary>
public sealed class SilencesTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void IsNew_CallsThatOverlap_CountOnce()
    {
        var silences = new Silences(_time);
        var first = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(10));
        var second = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(40));

        silences.IsNew(first).ShouldBeTrue();
        silences.IsNew(first).ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(10));
        silences.IsNew(second).ShouldBeFalse();
    }

    [Fact]
    public void IsNew_CallThatBeganAfterTheLast_Counts()
    {
        var silences = new Silences(_time);
        for (var i = 0; i < 5; i++)
        {
            var started = _time.GetTimestamp();
            _time.Advance(TimeSpan.FromMilliseconds(50));

            silences.IsNew(started).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task IsNew_ManyAtOnce_IsTrueForOne()
    {
        var silences = new Silences(_time);
        for (var round = 0; round < 200; round++)
        {
            var started = _time.GetTimestamp();
            _time.Advance(TimeSpan.FromMilliseconds(1));

            var counted = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => silences.IsNew(started))));

            counted.Count(isNew => isNew).ShouldBe(1);
        }
    }
}
