using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace KubeSentiment.Inference.Tokenization;

/// <summary>Splits a word into the pieces whose scores sum highest, by Viterbi's algorithm (Kudo 2018, subword regularization).</summary>
/// <remarks>
/// <para>
/// As in Hugging Face: a character that is no piece by itself may be unknown at the lowest score less 10; of paths with equal scores the one
/// found first stays, looking from each place to the right, shorter pieces first; neighbouring unknown characters count as one.
/// </para>
/// <para>
/// The library's SentencePieceTokenizer reads SentencePiece's own binary only, not tokenizer.json, and adds in single precision, which
/// decides near ties differently. Pieces that begin at a place are found in one walk down the sorted vocabulary: the range
/// of pieces that share the characters so far narrows with each character.
/// </para>
/// </remarks>
internal sealed class UnigramVocabulary
{
    private const double UnknownPenalty = 10;

    private readonly Piece[] _pieces;
    private readonly Dictionary<char, (int First, int End)> _byFirstChar;
    private readonly double _unknownScore;
    private readonly int _unknownId;

    public UnigramVocabulary(IEnumerable<(string Text, double Score)> pieces, int unknownId)
    {
        _pieces = [.. pieces.Select((piece, id) => new Piece(piece.Text, piece.Score, id))];
        _unknownScore = _pieces.Min(piece => piece.Score) - UnknownPenalty;
        _unknownId = unknownId;
        _pieces = [.. _pieces.Where(piece => piece.Text.Length > 0)];
        Array.Sort(_pieces, (one, other) => string.CompareOrdinal(one.Text, other.Text));
        _byFirstChar = [];
        for (var first = 0; first < _pieces.Length;)
        {
            var end = first + 1;
            while (end < _pieces.Length && _pieces[end].Text[0] == _pieces[first].Text[0])
            {
                end++;
            }

            _byFirstChar[_pieces[first].Text[0]] = (first, end);
            first = end;
        }
    }

    /// <summary>Adds the best pieces of a word; the word must hold no lone surrogates.</summary>
    public void AddPieces(scoped ReadOnlySpan<char> word, ref TokenIdWriter ids)
    {
        var rented = ArrayPool<Step>.Shared.Rent(word.Length + 1);
        var steps = rented.AsSpan(0, word.Length + 1);
        steps.Fill(new Step(Score: 0, Start: -1, Id: 0));
        for (var start = 0; start < word.Length;)
        {
            Rune.DecodeFromUtf16(word[start..], out _, out var width);
            if (!OfferPieces(word, start, width, steps))
            {
                Offer(ref steps[start + width], steps[start].Score + _unknownScore, start, _unknownId);
            }

            start += width;
        }

        AddPath(steps, ref ids);
        ArrayPool<Step>.Shared.Return(rented);
    }

    private static void Offer(ref Step step, double score, int start, int id)
    {
        if (step.Start < 0 || score > step.Score)
        {
            step = new Step(score, start, id);
        }
    }

    /// <summary>Offers every piece that begins at the start; true if the first character is one by itself.</summary>
    private bool OfferPieces(ReadOnlySpan<char> word, int start, int width, Span<Step> steps)
    {
        if (!_byFirstChar.TryGetValue(word[start], out var range))
        {
            return false;
        }

        var (first, end) = range;
        var single = false;
        var length = 1;
        while (true)
        {
            // The piece that is exactly the characters so far sorts before its continuations.
            if (_pieces[first].Text.Length == length)
            {
                Offer(ref steps[start + length], steps[start].Score + _pieces[first].Score, start, _pieces[first].Id);
                single |= length == width;
                first++;
            }

            if (start + length == word.Length)
            {
                return single;
            }

            var next = word[start + length];
            first = FirstAtLeast(first, end, length, next);
            end = FirstAtLeast(first, end, length, next + 1);
            if (first == end)
            {
                return single;
            }

            length++;
        }
    }

    private int FirstAtLeast(int first, int end, int at, int value)
    {
        while (first < end)
        {
            var middle = (first + end) >>> 1;
            if (_pieces[middle].Text[at] < value)
            {
                first = middle + 1;
            }
            else
            {
                end = middle;
            }
        }

        return first;
    }

    private void AddPath(ReadOnlySpan<Step> steps, ref TokenIdWriter ids)
    {
        // The path is known from its end; the ids are wanted from its beginning.
        var path = ArrayPool<int>.Shared.Rent(steps.Length);
        var count = 0;
        for (var end = steps.Length - 1; end > 0; end = steps[end].Start)
        {
            var fused = steps[end].Id == _unknownId && count > 0 && path[count - 1] == _unknownId;
            if (!fused)
            {
                path[count++] = steps[end].Id;
            }
        }

        while (count > 0 && !ids.IsFull)
        {
            ids.Add(path[--count]);
        }

        ArrayPool<int>.Shared.Return(path);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Piece(string Text, double Score, int Id);

    /// <summary>The best known way to reach a place: where its last piece starts, and which it is.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Step(double Score, int Start, int Id);
}
