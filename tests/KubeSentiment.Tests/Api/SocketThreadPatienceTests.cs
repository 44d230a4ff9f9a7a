using System.Globalization;
using KubeSentiment.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Api;

/// <summary>The scheduling policy of threads that read requests, as Linux tells it.</summary>
public sealed class SocketThreadPatienceTests
{
    private const int NormalPolicy = 0;
    private const int BatchPolicy = 3;

    private readonly FakeTimeProvider _time = new();
    private readonly SocketThreadPatience _patience;

    public SocketThreadPatienceTests() => _patience = new SocketThreadPatience(_time);

    [Fact]
    public async Task Invoke_Refused_IsPatientUntilNobodyHasBeenRefusedForAWhile()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has the policy.");

        var policies = await Threads.Start(() =>
        {
            List<int> seen = [];
            Ask(200);
            Ask(503);
            _time.Advance(TimeSpan.FromMilliseconds(80));
            Ask(503);
            _time.Advance(TimeSpan.FromMilliseconds(80));
            Ask(200);
            _time.Advance(TimeSpan.FromMilliseconds(80));
            Ask(200);
            return seen;

            void Ask(int status)
            {
                Answer(status, Task.CompletedTask);
                seen.Add(Policy());
            }
        });

        policies.ShouldBe([NormalPolicy, BatchPolicy, BatchPolicy, BatchPolicy, NormalPolicy]);
    }

    /// <summary>Who ends elsewhere says nothing of this thread.</summary>
    [Fact]
    public async Task Invoke_RefusedLater_ChangesNothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has the policy.");

        var policy = await Threads.Start(() =>
        {
            Answer(503, new TaskCompletionSource().Task);
            return Policy();
        });

        policy.ShouldBe(NormalPolicy);
    }

    [Fact]
    public async Task Invoke_OnThePool_ChangesNothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has the policy.");

        var policy = await Task.Run(() =>
        {
            Answer(503, Task.CompletedTask);
            return Policy();
        });

        policy.ShouldBe(NormalPolicy);
    }

    private static int Policy()
    {
        // The 41st field; the second is the thread's name and may hold spaces.
        var stat = File.ReadAllText("/proc/thread-self/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[38], CultureInfo.InvariantCulture);
    }

    private void Answer(int status, Task end) => _ = _patience.InvokeAsync(new DefaultHttpContext(), context =>
    {
        context.Response.StatusCode = status;
        return end;
    });
}
