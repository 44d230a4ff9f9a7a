using System.Buffers;

namespace KubeSentiment.Inference.Tokenization;

/// <summary>Collects the ids of one text between its special tokens and stops at the model's limit.</summary>
/// <remarks>
/// Hugging Face truncates the text's own ids to the limit less the special tokens, then adds these, so they are never cut. One id beyond
/// the limit is enough to know that the text was truncated: from then on <see cref="IsFull"/> tells the tokenizer to stop reading.
/// </remarks>
internal ref struct TokenIdWriter
{
    private readonly SequenceTemplate _template;
    private readonly int _limit;
    private readonly int[] _ids;
    private int _count;

    public TokenIdWriter(SequenceTemplate template, int maxTokens)
    {
        _template = template;
        _limit = maxTokens - template.Length;
        _ids = ArrayPool<int>.Shared.Rent(_limit);
    }

    /// <summary>True once an id did not fit: nothing that follows in the text can change the answer.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Where <see cref="RollBackTo"/> may return to.</summary>
    public readonly int Mark => _count;

    public void Add(int id)
    {
        if (_count < _limit)
        {
            _ids[_count++] = id;
        }
        else
        {
            IsFull = true;
        }
    }

    /// <summary>Forgets the ids added since the mark; only for marks taken while the writer was not full.</summary>
    public void RollBackTo(int mark)
    {
        _count = mark;
        IsFull = false;
    }

    /// <summary>Returns the finished row and gives the buffer back; the writer is spent.</summary>
    public readonly TokenizedText Finish()
    {
        var row = new int[_count + _template.Length];
        _template.Prefix.CopyTo(row, 0);
        Array.Copy(_ids, 0, row, _template.Prefix.Length, _count);
        _template.Suffix.CopyTo(row, _template.Prefix.Length + _count);
        ArrayPool<int>.Shared.Return(_ids);
        return new TokenizedText(row, IsFull);
    }
}
