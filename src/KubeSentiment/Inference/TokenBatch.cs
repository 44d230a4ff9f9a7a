using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Inference;

/// <summary>The input tensors of one worker, used again for each of its batches.</summary>
internal sealed class TokenBatch
{
    private readonly int _padId;
    private readonly TokenPlaces _places = new();
    private int[] _lengths = [];
    private bool _isPlaced;
    private long[] _ids = [];
    private long[] _mask = [];
    private long[] _typeIds = [];

    public TokenBatch(int padId) => _padId = padId;

    public int Rows { get; private set; }

    /// <summary>Tokens of the longest text; the shorter ones are padded to it.</summary>
    public int Columns { get; private set; }

    public Memory<long> Ids => _ids.AsMemory(0, Rows * Columns);

    public Memory<long> Mask => _mask.AsMemory(0, Rows * Columns);

    /// <summary>All zero: one text a row, never a pair.</summary>
    public Memory<long> TypeIds => _typeIds.AsMemory(0, Rows * Columns);

    /// <summary>Tokens of all texts, without padding.</summary>
    public int Tokens { get; private set; }

    /// <summary>Where the tokens stand with padding and without; not worked out for graphs that do not ask.</summary>
    public TokenPlaces Places
    {
        get
        {
            if (!_isPlaced)
            {
                _places.Fill(_lengths.AsSpan(0, Rows), Columns);
                _isPlaced = true;
            }

            return _places;
        }
    }

    /// <summary>A batch of token ids that nobody asked for: to try a graph.</summary>
    public static TokenBatch Of(int padId, params IEnumerable<int[]> texts)
    {
        var batch = new TokenBatch(padId);
        batch.Fill([.. texts.Select(ids => new PendingInference(new InferenceRequest(new TokenizedText(ids, Truncated: false), CancellationToken.None), wantsEmbedding: false))]);
        return batch;
    }

    public void Fill(IReadOnlyList<PendingInference> texts)
    {
        Rows = texts.Count;
        Columns = 0;
        Tokens = 0;
        _isPlaced = false;
        if (_lengths.Length < Rows)
        {
            _lengths = new int[Rows];
        }

        for (var row = 0; row < Rows; row++)
        {
            _lengths[row] = texts[row].Length;
            Columns = Math.Max(Columns, _lengths[row]);
            Tokens += _lengths[row];
        }

        if (_ids.Length < Rows * Columns)
        {
            _ids = new long[Rows * Columns];
            _mask = new long[Rows * Columns];
            _typeIds = new long[Rows * Columns];
        }

        for (var row = 0; row < Rows; row++)
        {
            var ids = texts[row].Tokens.Ids;
            var rowIds = _ids.AsSpan(row * Columns, Columns);
            for (var i = 0; i < ids.Length; i++)
            {
                rowIds[i] = ids[i];
            }

            rowIds[ids.Length..].Fill(_padId);
            var rowMask = _mask.AsSpan(row * Columns, Columns);
            rowMask[..ids.Length].Fill(1);
            rowMask[ids.Length..].Clear();
        }
    }
}
