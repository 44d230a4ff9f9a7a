using KubeSentiment.Inference;

namespace KubeSentiment.Tests.Inference;

/// <summary>The bound of the queues.</summary>
public sealed class QueuePlacesTests
{
    [Fact]
    public void TryTake_NotEnoughForAll_TakesNone()
    {
        var places = new QueuePlaces(3);
        places.TryTake(2).ShouldBeTrue();

        places.TryTake(2).ShouldBeFalse();

        places.Taken.ShouldBe(2);
        places.TryTake(1).ShouldBeTrue();
        places.Return(3);
        places.TryTake(3).ShouldBeTrue();
    }

    [Fact]
    public void TryTake_MoreThanCanBeCounted_IsRefused()
    {
        var places = new QueuePlaces(10);
        places.TryTake(5).ShouldBeTrue();

        places.TryTake(int.MaxValue).ShouldBeFalse();
    }

    [Fact]
    public async Task TryTake_ManyThreads_NeverMoreThanThereAre()
    {
        var places = new QueuePlaces(100);
        var over = 0;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var round = 0; round < 100_000; round++)
            {
                var texts = random.Next(1, 40);
                if (places.TryTake(texts))
                {
                    over += places.Taken > places.Capacity ? 1 : 0;
                    places.Return(texts);
                }
            }
        })));

        over.ShouldBe(0);
        places.Taken.ShouldBe(0);
    }
}
