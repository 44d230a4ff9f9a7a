using KubeSentiment.Api;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KubeSentiment.Tests.Api;

/// <summary>Each body is bounded, and so are all of them together.</summary>
public sealed class BodyBudgetTests
{
    private const int Free = 16 * 1024;

    [Fact]
    public void TryHold_ManyBodies_CountsWhatEachHoldsBeyondTheFreeBytes()
    {
        var budget = new BodyBudget(1_000);
        using var first = new BodyBudget.Share(budget);
        using var second = new BodyBudget.Share(budget);

        first.TryHold(Free + 600).ShouldBeTrue();
        first.TryHold(Free + 100).ShouldBeTrue("it holds more already");
        second.TryHold(Free).ShouldBeTrue();
        second.TryHold(Free + 401).ShouldBeFalse();
        second.TryHold(Free + 400).ShouldBeTrue();
        first.Dispose();
        first.Dispose();
        second.TryHold(Free + 1_000).ShouldBeTrue();
        second.TryHold(Free + 1_001).ShouldBeFalse();
    }

    [Fact]
    public void For_ABodyLargerThanThePartOfMemory_HasRoomForOne()
    {
        var largest = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        using var share = new BodyBudget.Share(BodyBudget.For(new ApiOptions { MaxRequestBodyBytes = largest }));

        share.TryHold(largest).ShouldBeTrue();
    }

    /// <summary>Callers who never read their answers send ahead as much as they may, each on every connection.</summary>
    [Theory]
    [InlineData("32768", 65_536)]
    [InlineData("1048576", 1_048_576)]
    public async Task Connection_SendsAhead_NoMoreThanHeadersNeed(string headers, long ahead)
    {
        await using var service = TestService.With(("Api:MaxRequestHeadersBytes", headers));

        service.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.MaxRequestBufferSize.ShouldBe(ahead);
    }
}
