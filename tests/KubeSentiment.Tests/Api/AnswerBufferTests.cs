using System.Text;
using System.Text.Json;
using KubeSentiment.Api;

namespace KubeSentiment.Tests.Api;

/// <summary>Buffers that answers are written in: one at a time for each thread, empty whenever it is taken.</summary>
public sealed class AnswerBufferTests
{
    [Fact]
    public async Task Take_GivenBack_IsTheSameAndEmpty()
    {
        var (same, text) = await Threads.Start(() =>
        {
            var first = AnswerBuffer.Take();
            Write(first, "a long answer");
            first.GiveBack();
            var second = AnswerBuffer.Take();
            return (second == first, Write(second, "short"));
        });

        same.ShouldBeTrue();
        text.ShouldBe("\"short\"");
    }

    /// <summary>While the server holds one answer, the thread may write the next.</summary>
    [Fact]
    public async Task Take_NotGivenBack_IsAnother()
    {
        var (first, second) = await Threads.Start(() =>
        {
            var held = AnswerBuffer.Take();
            Write(held, "first");
            Write(AnswerBuffer.Take(), "second");
            return (Text(held), AnswerBuffer.Take() == held);
        });

        first.ShouldBe("\"first\"");
        second.ShouldBeFalse();
    }

    [Fact]
    public async Task GiveBack_AfterALongAnswer_KeepsNone()
    {
        var same = await Threads.Start(() =>
        {
            var buffer = AnswerBuffer.Take();
            Write(buffer, new string('a', 100_000));
            buffer.GiveBack();
            return AnswerBuffer.Take() == buffer;
        });

        same.ShouldBeFalse();
    }

    /// <summary>Answers of threads that write and give back all the time do not mix.</summary>
    [Fact]
    public async Task Take_ManyThreads_EachReadsItsOwn()
    {
        const int rounds = 20_000;
        var wrong = await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Threads.Start(() =>
        {
            var mistakes = 0;
            for (var i = 0; i < rounds; i++)
            {
                var buffer = AnswerBuffer.Take();
                var value = $"{thread}-{i}";
                mistakes += Write(buffer, value) == $"\"{value}\"" ? 0 : 1;
                buffer.GiveBack();
            }

            return mistakes;
        })));

        wrong.ShouldAllBe(mistakes => mistakes == 0);
    }

    private static string Write(AnswerBuffer buffer, string value)
    {
        JsonSerializer.Serialize(buffer.Json, value);
        return Text(buffer);
    }

    private static string Text(AnswerBuffer buffer) => Encoding.UTF8.GetString(buffer.Written.Span);
}
