using System.IO.Pipelines;
using KubeSentiment.Api.Sockets;
using Microsoft.AspNetCore.Http;

namespace KubeSentiment.Tests.Api.Sockets;

/// <summary>Which answers a thread holds, and until when.</summary>
public sealed class HeldAnswersTests
{
    private readonly List<Pipe> _connections = [];

    [Fact]
    public async Task HoldNext_ThreadReads_HeldUntilItHasRead() =>
        (await Threads.Start(() =>
        {
            HeldAnswers.Hold();
            Answer(Connect());
            Answer(Connect());
            var before = Sent;
            HeldAnswers.Release();
            return (before, Sent);
        })).ShouldBe((0, 2));

    [Fact]
    public async Task HoldNext_ThreadHasRead_SentAtOnce() =>
        (await Threads.Start(() =>
        {
            Answer(Connect());
            HeldAnswers.Hold();
            HeldAnswers.Release();
            Answer(Connect());
            return Sent;
        })).ShouldBe(2);

    [Fact]
    public async Task HoldNext_AnotherThread_SentAtOnce() =>
        (await Threads.Start(() =>
        {
            HeldAnswers.Hold();
            var context = Connect();
            var other = new Thread(() => Answer(context));
            other.Start();
            other.Join();
            return Sent;
        })).ShouldBe(1);

    /// <summary>Several answers share a connection, and other threads write to it.</summary>
    [Fact]
    public async Task HoldNext_Http2_SentAtOnce() =>
        (await Threads.Start(() =>
        {
            HeldAnswers.Hold();
            var context = Connect();
            context.Request.Protocol = "HTTP/2";
            Answer(context);
            return Sent;
        })).ShouldBe(1);

    [Fact]
    public async Task End_ManyAreHeld_SendsThem() =>
        (await Threads.Start(() =>
        {
            HeldAnswers.Hold();
            List<int> sent = [];
            for (var i = 0; i < 70; i++)
            {
                Answer(Connect());
                HeldAnswers.End();
                sent.Add(Sent);
            }

            return sent;
        })).Distinct().ShouldBe([0, 32, 64]);

    /// <summary>The next request of the connection may be answered by another thread.</summary>
    [Fact]
    public async Task Begin_SameConnection_SendsWhatIsHeldOfIt() =>
        (await Threads.Start(() =>
        {
            HeldAnswers.Hold();
            var context = Connect();
            Answer(context);
            Answer(Connect());
            HeldAnswers.Begin(context);
            return Sent;
        })).ShouldBe(1);

    private int Sent => _connections.Count(connection => connection.Reader.TryRead(out var read) && Look(connection, read));

    private static bool Look(Pipe connection, ReadResult read)
    {
        connection.Reader.AdvanceTo(read.Buffer.Start);
        return !read.Buffer.IsEmpty;
    }

    private static void Answer(HttpContext context)
    {
        HeldAnswers.HoldNext(context);
        var output = context.Features.Get<HeldOutput>()!;
        output.Advance(output.GetMemory(1)[..1].Length);
        output.FlushAsync(TestContext.Current.CancellationToken).AsTask().IsCompleted.ShouldBeTrue();
    }

    private DefaultHttpContext Connect()
    {
        var pipe = new Pipe();
        _connections.Add(pipe);
        var context = new DefaultHttpContext();
        context.Request.Protocol = "HTTP/1.1";
        context.Features.Set(new HeldOutput(pipe.Writer));
        return context;
    }
}
