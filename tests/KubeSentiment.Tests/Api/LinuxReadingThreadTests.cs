using System.Net;
using System.Net.Sockets;
using KubeSentiment.Api;

namespace KubeSentiment.Tests.Api;

/// <summary>What the operating system tells of a thread.</summary>
public sealed class LinuxReadingThreadTests
{
    private readonly LinuxReadingThread _thread = new();

    public LinuxReadingThreadTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems are not asked.");

    [Fact]
    public async Task Waits_RestsAndOtherWaits_AreCounted()
    {
        var counts = await Threads.Start(() =>
        {
            List<long> seen = [_thread.Waits];
            _thread.Rest(TimeSpan.FromMilliseconds(2));
            seen.Add(_thread.Waits);
            using var never = new ManualResetEventSlim();
            never.Wait(TimeSpan.FromMilliseconds(50)).ShouldBeFalse();
            seen.Add(_thread.Waits);
            return seen;
        });

        counts.ShouldBe(counts.Distinct().Order());
    }

    /// <summary>Nothing in it waits; a collection of garbage may stop it now and then.</summary>
    [Fact]
    public async Task Waits_WorkWithoutWaiting_IsNotCounted()
    {
        var quiet = await Threads.Start(() => Enumerable.Range(0, 1_000).Count(_ => _thread.Waits == _thread.Waits));

        quiet.ShouldBeGreaterThan(900);
    }

    [Fact]
    public async Task IsCurrent_ThreadsOfOthers_AreNone()
    {
        (await Threads.Start(() => _thread.IsCurrent)).ShouldBeFalse();
        (await Task.Run(() => _thread.IsCurrent)).ShouldBeFalse();
    }

    /// <summary>The name is .NET's and may change with it; then nobody would rest.</summary>
    [Fact]
    public async Task Name_ASocketIsWaitedFor_IsThatOfAThreadOfTheProcess()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, cancellation);
        using var server = await listener.AcceptTcpClientAsync(cancellation);
        var reading = client.GetStream().ReadExactlyAsync(new byte[1], cancellation);
        await server.GetStream().WriteAsync(new byte[1], cancellation);
        await reading;

        Directory.EnumerateDirectories("/proc/self/task").Select(thread => File.ReadAllText(Path.Combine(thread, "comm")).Trim()).ShouldContain(LinuxReadingThread.Name);
    }
}
