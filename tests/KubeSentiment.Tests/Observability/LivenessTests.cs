using KubeSentiment.Observability;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSentiment.Tests.Observability;

/// <summary>One part that is stuck for good is enough.</summary>
public sealed class LivenessTests
{
    [Fact]
    public void IsLive_NothingWatched_Yes() => new Liveness(NullLogger<Liveness>.Instance).IsLive().ShouldBeTrue();

    [Fact]
    public void IsLive_OnePartStuck_NoUntilItGoesOn()
    {
        string? problem = null;
        var liveness = new Liveness(NullLogger<Liveness>.Instance);
        liveness.Watch(() => null);
        liveness.Watch(() => problem);

        liveness.IsLive().ShouldBeTrue();
        problem = "stuck";
        liveness.IsLive().ShouldBeFalse();
        problem = null;
        liveness.IsLive().ShouldBeTrue();
    }
}
