using KubeSentiment.Api.Sockets;

namespace KubeSentiment.Tests.Api.Sockets;

/// <summary>What is written to a pipe is read by one of the threads that wait for sockets.</summary>
public sealed class SelfPipeTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    public SelfPipeTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems have no such pipe.");

    [Fact]
    public void Write_AgainAndAgain_IsReadEachTime()
    {
        using var read = new SemaphoreSlim(0);
        using var pipe = new SelfPipe(_ => read.Release());

        for (var i = 0; i < 1_000; i++)
        {
            pipe.Write();
            read.Wait(Long, TestContext.Current.CancellationToken).ShouldBeTrue();
        }

        read.CurrentCount.ShouldBe(0);
    }

    /// <summary>As of a thread that has one already.</summary>
    [Fact]
    public void Dispose_ByWhoeverReadsIt_EndsIt()
    {
        using var read = new ManualResetEventSlim();
        var pipe = new SelfPipe(pipe =>
        {
            pipe.Dispose();
            read.Set();
        });

        pipe.Write();

        read.Wait(Long, TestContext.Current.CancellationToken).ShouldBeTrue();
        Should.Throw<ObjectDisposedException>(pipe.Write);
    }
}
