namespace KubeSentiment.IntegrationTests.Service;

/// <summary>Bodies are bounded together: callers whose large ones find no room beside those of others are refused, and single texts are answered all the while.</summary>
public sealed class BodyBudgetTests
{
    private const string Body = """{"text":"a good day"}""";
    private const int Large = 12 * 1024 * 1024;
    private static readonly string Part = new(' ', Large - 1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Body_WhileAnotherOneTakesTheRoom_IsRefusedUnlessItIsShort()
    {
        // The runtime may use 128 MiB, all bodies together 16.
        await using var service = await ServiceProcess.StartAsync(("DOTNET_GCHeapHardLimit", "8000000"));
        using var other = await RawConnection.ToAsync(service);
        using var late = await RawConnection.ToAsync(service);
        using var single = await RawConnection.ToAsync(service);

        await other.WriteAsync(RawConnection.Head("other", Large) + Part);
        await late.WriteAsync(RawConnection.Head("late", Large) + Part);
        var first = await Task.WhenAny(other.ReadAsync(), late.ReadAsync()).Unwrap().WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        first.Status.ShouldBe(503);

        await single.WriteAsync(RawConnection.Head("single", Body.Length) + Body);
        (await single.ReadAsync()).ShouldBe((200, "single"));
    }
}
