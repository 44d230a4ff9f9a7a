using System.Buffers;
using System.Text.Json;

namespace KubeSentiment.Api;

/// <summary>Where an answer is written before its length is known. Each thread keeps one for the next answer.</summary>
/// <remarks>An array for each answer was a sixth of what a busy service allocates, and collecting it holds up everybody.</remarks>
internal sealed class AnswerBuffer
{
    private const int UsualAnswer = 1024;

    /// <summary>One long answer does not keep its memory.</summary>
    private const int MostKept = 16 * UsualAnswer;

    [ThreadStatic]
    private static AnswerBuffer? _spare;

    private readonly ArrayBufferWriter<byte> _bytes = new(UsualAnswer);

    private AnswerBuffer() => Json = new Utf8JsonWriter(_bytes, AnswerJson.Writer);

    /// <summary>Writes into it.</summary>
    public Utf8JsonWriter Json { get; }

    /// <summary>What has been written and flushed.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    /// <summary>An empty buffer, which is the caller's until it is given back.</summary>
    public static AnswerBuffer Take()
    {
        var buffer = _spare ?? new AnswerBuffer();
        _spare = null;
        return buffer;
    }

    /// <summary>Keeps the buffer for the calling thread's next answer. Nobody may read it any more.</summary>
    public void GiveBack()
    {
        if (_bytes.Capacity <= MostKept)
        {
            _bytes.ResetWrittenCount();
            Json.Reset();
            _spare = this;
        }
    }
}
