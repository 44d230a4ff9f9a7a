using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using KubeSentiment.Api.Sockets;

namespace KubeSentiment.Tests.Api.Sockets;

/// <summary>What the operating system tells of a thread.</summary>
public sealed class LinuxReadingThreadTests
{
    private readonly LinuxReadingThread _thread = new(TimeProvider.System);

    public LinuxReadingThreadTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems are not asked.");

    [Fact]
    public async Task Rest_Takes_AsLongAsIsAskedFor()
    {
        var rested = await Threads.Start(() =>
        {
            var began = Stopwatch.GetTimestamp();
            _thread.Rest(TimeSpan.FromMilliseconds(2));
            return Stopwatch.GetElapsedTime(began);
        });

        rested.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(2));
    }

    [Fact]
    public async Task CanCallBack_ThreadsOfOthers_CanNot() =>
        (await Threads.Start(() => _thread.CanCallBack || _thread.CanCallBack)).ShouldBeFalse();

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
