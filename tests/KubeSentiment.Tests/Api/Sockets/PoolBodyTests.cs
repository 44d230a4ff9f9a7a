using System.IO.Pipelines;
using KubeSentiment.Api.Sockets;

namespace KubeSentiment.Tests.Api.Sockets;

/// <summary>Bodies of what is not short: after a wait for the caller, the work goes on at the pool and not at the thread that watches the sockets.</summary>
public sealed class PoolBodyTests
{
    // As in the server: who brings what was waited for would go on with the work.
    private readonly Pipe _pipe = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 2, resumeWriterThreshold: 1, useSynchronizationContext: false));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_AfterAWait_GoesOnAtThePool(bool wrapped)
    {
        var body = wrapped ? new PoolRequestBody(_pipe.Reader).Reader : _pipe.Reader;
        var reading = Threads.AfterAsync(body.ReadAsync(Cancellation).AsTask());

        var socket = Threads.Start(() => Finish(_pipe.Writer.WriteAsync("x"u8.ToArray(), Cancellation)));

        (await reading).IsOfPool.ShouldBe(wrapped);
        await socket;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_AfterAWait_GoesOnAtThePool(bool wrapped)
    {
        var body = wrapped ? new PoolWriter(_pipe.Writer) : _pipe.Writer;
        var writing = Threads.AfterAsync(body.WriteAsync("a long answer"u8.ToArray(), Cancellation).AsTask());

        var socket = Threads.Start(() =>
        {
            var read = Finish(_pipe.Reader.ReadAsync(Cancellation));
            read.Buffer.Length.ShouldBe("a long answer".Length);
            _pipe.Reader.AdvanceTo(read.Buffer.End);
        });

        (await writing).IsOfPool.ShouldBe(wrapped);
        await socket;
    }

    [Fact]
    public async Task Read_AlreadyThere_DoesNotWait()
    {
        await _pipe.Writer.WriteAsync("x"u8.ToArray(), Cancellation);

        var reading = new PoolRequestBody(_pipe.Reader).ReadAsync(Cancellation).AsTask();

        reading.IsCompletedSuccessfully.ShouldBeTrue();
    }

    private static T Finish<T>(ValueTask<T> work) => work.AsTask().GetAwaiter().GetResult();
}
