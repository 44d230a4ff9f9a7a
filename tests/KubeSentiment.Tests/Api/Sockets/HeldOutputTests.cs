using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using KubeSentiment.Api.Sockets;

namespace KubeSentiment.Tests.Api.Sockets;

/// <summary>An answer that is held comes later, but it comes, once and in its place.</summary>
public sealed class HeldOutputTests
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 1_000, resumeWriterThreshold: 500, useSynchronizationContext: false));
    private readonly HeldOutput _output;

    public HeldOutputTests() => _output = new HeldOutput(_pipe.Writer);

    [Fact]
    public async Task Flush_NotToBeHeld_Sends()
    {
        await WriteAsync("now");

        Sent().ShouldBe("now");
    }

    [Fact]
    public async Task Flush_ToBeHeld_SendsWhenTold()
    {
        _output.TryHoldNext().ShouldBeTrue();
        await WriteAsync("later");

        Sent().ShouldBe("");
        _output.Send();
        Sent().ShouldBe("later");
        _output.Send();
        Sent().ShouldBe("");
    }

    [Fact]
    public async Task Flush_AfterTheHeldOne_Sends()
    {
        _output.TryHoldNext();
        await WriteAsync("one ");
        _output.Send();
        await WriteAsync("two");

        Sent().ShouldBe("one two");
    }

    /// <summary>As of a connection that is lost before its answer is written: the next flush may be another thread's, which nobody would send.</summary>
    [Fact]
    public async Task Send_NothingWasWritten_HoldsNothingMore()
    {
        _output.TryHoldNext();
        _output.Send();
        await WriteAsync("now");

        Sent().ShouldBe("now");
    }

    [Fact]
    public async Task Complete_WhileHeld_LosesNothing()
    {
        _output.TryHoldNext();
        await WriteAsync("last");
        await _output.CompleteAsync();
        _output.Send();

        Sent().ShouldBe("last");
    }

    /// <summary>The thread that sends has other connections' answers to send, and is not the server's: an exception would end the process.</summary>
    [Fact]
    public async Task Send_TheConnectionBroke_IsTheServersAffair()
    {
        _output.TryHoldNext();
        await WriteAsync("lost");
        await _pipe.Reader.CompleteAsync(new IOException("No route to host"));

        Should.NotThrow(_output.Send);

        (await Should.ThrowAsync<IOException>(() => WriteAsync("more"))).Message.ShouldBe("No route to host");
    }

    /// <summary>Or the answers of a caller who never reads would pile up without a bound.</summary>
    [Fact]
    public async Task TryHoldNext_CallerDoesNotRead_NoUntilTheServerHasWaited()
    {
        _output.TryHoldNext();
        await WriteAsync(new string('x', 2_000));
        _output.Send();

        _output.TryHoldNext().ShouldBeFalse();
        var writing = WriteAsync("more");
        writing.IsCompleted.ShouldBeFalse("the server waits for the caller");
        Sent().Length.ShouldBe(2_004);
        await writing;
        _output.TryHoldNext().ShouldBeTrue();
    }

    /// <summary>Whoever writes next sends first, at the same time as the thread that holds the answer.</summary>
    [Fact]
    public async Task Send_TwoAtOnce_EachAnswerOnceAndInOrder()
    {
        const int Answers = 20_000;
        var cancellation = TestContext.Current.CancellationToken;
        var reading = Task.Run(ReadAllAsync, cancellation);
        for (var i = 0; i < Answers; i++)
        {
            var holds = _output.TryHoldNext();
            await WriteAsync($"{i} ");
            if (holds)
            {
                await Task.WhenAll(Task.Run(_output.Send, cancellation), Task.Run(
                    async () =>
                    {
                        _output.Send();
                        await WriteAsync("- ");
                    },
                    cancellation));
            }
        }

        await _output.CompleteAsync();
        var seen = await reading;
        seen.Where(word => word != "-").ShouldBe(Enumerable.Range(0, Answers).Select(i => $"{i}"));
        seen.Count(word => word == "-").ShouldBeGreaterThan(Answers / 2);
    }

    private async Task<string[]> ReadAllAsync()
    {
        using var reader = new StreamReader(_pipe.Reader.AsStream());
        return (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task WriteAsync(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        bytes.CopyTo(_output.GetMemory(bytes.Length));
        _output.Advance(bytes.Length);
        await _output.FlushAsync(TestContext.Current.CancellationToken);
    }

    private string Sent()
    {
        if (!_pipe.Reader.TryRead(out var read))
        {
            return "";
        }

        var text = Encoding.ASCII.GetString(read.Buffer.ToArray());
        _pipe.Reader.AdvanceTo(read.Buffer.End);
        return text;
    }
}
