using KubeSentiment.Inference.Graphs;

namespace KubeSentiment.Inference;

/// <summary>Where the tokens of a batch stand with padding and without: the inputs that <see cref="TextPacking"/> adds to a graph.</summary>
internal sealed class TokenPlaces
{
    private long[] _pack = [];
    private long[] _all = [];
    private long[] _unpack = [];
    private long[] _packFirst = [];
    private long[] _chooseFirst = [];
    private int _texts;
    private int _columns;
    private int _tokens;

    /// <summary>An added input of a graph.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="readsAll">Whether all tokens are read in the end, as the sentence vector does, or the first of each text, as the logits do.</param>
    /// <exception cref="ArgumentException">There is no such input.</exception>
    public (Memory<long> Values, long[] Shape) Input(string name, bool readsAll) => (name, readsAll) switch
    {
        (TextPacking.Pack, _) or (TextPacking.PackRead, true) => Pairs(_pack, 1, _tokens),
        (TextPacking.ChooseRead, true) => Pairs(_all, 1, _tokens),
        (TextPacking.PackRead, false) => Pairs(_packFirst, 1, _texts),
        (TextPacking.ChooseRead, false) => Pairs(_chooseFirst, 1, _texts),
        // Padding stands for the row's last token, which nothing reads there.
        (TextPacking.Unpack, _) or (TextPacking.UnpackRead, true) => Pairs(_unpack, _texts, _columns),
        (TextPacking.UnpackRead, false) => Pairs(_all, _texts, 1),
        _ => throw new ArgumentException($"No graph wants '{name}'.", nameof(name)),
    };

    /// <summary>Takes in the places of a batch.</summary>
    /// <param name="lengths">Tokens of each text, at least 1.</param>
    /// <param name="columns">Length of the longest.</param>
    public void Fill(ReadOnlySpan<int> lengths, int columns)
    {
        _texts = lengths.Length;
        _columns = columns;
        MakeRoom();
        var token = 0;
        for (var row = 0; row < _texts; row++)
        {
            var length = lengths[row];
            // What is not written stays 0 for good.
            _packFirst[2 * row] = row;
            _chooseFirst[(2 * row) + 1] = token;
            for (var column = 0; column < columns; column++)
            {
                _unpack[(2 * ((row * columns) + column)) + 1] = token + Math.Min(column, length - 1);
            }

            for (var column = 0; column < length; column++)
            {
                _pack[2 * (token + column)] = row;
                _pack[(2 * (token + column)) + 1] = column;
            }

            token += length;
        }

        _tokens = token;
    }

    private static (Memory<long> Values, long[] Shape) Pairs(long[] values, int rows, int columns) => (values.AsMemory(0, 2 * rows * columns), [rows, columns, 2]);

    private void MakeRoom()
    {
        var places = _texts * _columns;
        if (_unpack.Length < 2 * places)
        {
            // Never more tokens than places.
            _unpack = new long[2 * places];
            _pack = new long[2 * places];
            _all = [.. Enumerable.Range(0, places).SelectMany(place => new long[] { 0, place })];
        }

        if (_packFirst.Length < 2 * _texts)
        {
            _packFirst = new long[2 * _texts];
            _chooseFirst = new long[2 * _texts];
        }
    }
}
