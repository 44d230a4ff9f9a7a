using CsCheck;
using KubeSentiment.Inference;
using KubeSentiment.Inference.Graphs;

namespace KubeSentiment.Tests.Inference;

/// <summary>The indices lead from padded rows to packed tokens and back.</summary>
public sealed class TokenPlacesTests
{
    private readonly TokenPlaces _places = new();

    /// <summary>One object for all, as a worker has: what a larger batch left behind must not show.</summary>
    [Fact]
    public void Input_BatchesOneAfterTheOther_LeadThereAndBack() => Gen.Int[1, 40].Array[1, 30].Sample(lengths =>
    {
        var columns = lengths.Max();
        _places.Fill(lengths, columns);
        var padded = new (int Row, int Column)[lengths.Length, columns];
        foreach (var (row, length) in lengths.Index())
        {
            for (var column = 0; column < columns; column++)
            {
                padded[row, column] = column < length ? (row, column) : (-1, -1);
            }
        }

        var packed = Pairs(TextPacking.Pack, readsAll: false, 1, lengths.Sum()).Select(place => padded[place.First, place.Second]).ToArray();
        packed.ShouldBe(lengths.Index().SelectMany(text => Enumerable.Range(0, text.Item).Select(column => (text.Index, column))));

        var back = Pairs(TextPacking.Unpack, readsAll: false, lengths.Length, columns);
        foreach (var (i, (zero, token)) in back.Index())
        {
            var (row, column) = (i / columns, i % columns);
            zero.ShouldBe(0);
            // Padding: a token of the same text.
            packed[token].ShouldBe((row, Math.Min(column, lengths[row] - 1)));
        }

        Pairs(TextPacking.PackRead, readsAll: true, 1, packed.Length).Select(place => padded[place.First, place.Second]).ShouldBe(packed);
        Pairs(TextPacking.ChooseRead, readsAll: true, 1, packed.Length).Select(place => packed[place.Second]).ShouldBe(packed);
        Pairs(TextPacking.UnpackRead, readsAll: true, lengths.Length, columns).ShouldBe(back);

        var firsts = Enumerable.Range(0, lengths.Length).Select(row => (row, 0)).ToArray();
        Pairs(TextPacking.PackRead, readsAll: false, 1, lengths.Length).Select(place => padded[place.First, place.Second]).ShouldBe(firsts);
        var chosen = Pairs(TextPacking.ChooseRead, readsAll: false, 1, lengths.Length).Select(place => packed[place.Second]).ToArray();
        chosen.ShouldBe(firsts);
        Pairs(TextPacking.UnpackRead, readsAll: false, lengths.Length, 1).Select(place => chosen[place.Second]).ShouldBe(firsts);
    }, iter: 300, threads: 1);

    [Fact]
    public void Input_UnknownName_IsRefused() => Should.Throw<ArgumentException>(() => _places.Input("positions", readsAll: false));

    private (int First, int Second)[] Pairs(string name, bool readsAll, int rows, int columns)
    {
        var (values, shape) = _places.Input(name, readsAll);
        shape.ShouldBe([rows, columns, 2]);
        values.Length.ShouldBe(rows * columns * 2);
        return [.. values.ToArray().Chunk(2).Select(pair => ((int)pair[0], (int)pair[1]))];
    }
}
