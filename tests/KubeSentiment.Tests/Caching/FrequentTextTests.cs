using CsCheck;
using KubeSentiment.Caching;

namespace KubeSentiment.Tests.Caching;

/// <summary>The fleet's list of frequent texts: merging, fading, and its form in Redis.</summary>
public sealed class FrequentTextTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

    [Fact]
    public void Merge_TwoReplicas_AddsUpAndKeepsTheMostFrequent()
    {
        var merged = new FrequentTextList(Now, [Text("a", 10), Text("b", 3)]).Merge([Text("b", 9), Text("c", 1)], Now, most: 2);

        merged.Texts.ShouldBe([Text("b", 12), Text("a", 10)]);
    }

    [Fact]
    public void Merge_AfterTheHalfLife_OldHitsCountHalf()
    {
        var merged = new FrequentTextList(Now, [Text("a", 10)]).Merge([Text("b", 6)], Now + FrequentTextList.HalfLife, most: 10);

        merged.Texts.ShouldBe([Text("b", 6), Text("a", 5)]);
    }

    [Fact]
    public void Merge_ClockBehindTheLastWriters_LetsNothingGrow() =>
        new FrequentTextList(Now, [Text("a", 10)]).Merge([], Now.AddHours(-1), most: 10).Texts.ShouldBe([Text("a", 10)]);

    [Fact]
    public void TryDecode_OfEncoded_IsEqual() => Lists().Sample(list =>
    {
        var read = FrequentTextCodec.TryDecode(FrequentTextCodec.Encode(list));

        read!.At.ShouldBe(list.At);
        read.Texts.ShouldBe(list.Texts.Where(text => IsWellFormed(text.Text)));
    });

    [Fact]
    public void TryDecode_DamagedBytes_IsNoList() => Gen.Select(Lists(), Gen.Int[0, 1_000_000], Gen.Byte[1, 255]).Sample((list, at, flip) =>
    {
        var bytes = FrequentTextCodec.Encode(list);
        bytes[at % bytes.Length] ^= flip;

        FrequentTextCodec.TryDecode(bytes).ShouldBeNull();
    });

    [Fact]
    public void TryDecode_AnyBytesWithASoundChecksum_NeverThrows() => Gen.Byte.Array[9, 120].Sample(bytes =>
    {
        bytes[0] = 1;
        var sum = BitConverter.GetBytes(System.IO.Hashing.XxHash3.HashToUInt64(bytes));
        Should.NotThrow(() => FrequentTextCodec.TryDecode([.. bytes, .. sum]));
    }, iter: 20_000);

    [Fact]
    public void Encode_MoreThanFits_LeavesOutTheLeastFrequent()
    {
        var list = new FrequentTextList(Now, [.. Enumerable.Range(0, 2_000).Select(i => Text($"{i} {new string('ü', 990)}", 2_000 - i))]);

        var bytes = FrequentTextCodec.Encode(list);

        bytes.Length.ShouldBeLessThanOrEqualTo(FrequentTextCodec.MostBytes);
        var read = FrequentTextCodec.TryDecode(bytes)!;
        read.Texts.Count.ShouldBeGreaterThan(500);
        read.Texts.ShouldBe(list.Texts.Take(read.Texts.Count));
    }

    private static FrequentText Text(string text, double weight) => new(text, (UInt128)text.GetHashCode(StringComparison.Ordinal), weight);

    private static Gen<FrequentTextList> Lists() => Gen.Select(Gen.String.Array[0, 10], Gen.Double[0, 1e9], Gen.Long[0, 4_000_000_000_000]).Select(
        (texts, weight, at) => new FrequentTextList(
            DateTimeOffset.FromUnixTimeMilliseconds(at), [.. texts.Distinct().Select((text, i) => new FrequentText(text, (UInt128)i, weight + i))]));

    private static bool IsWellFormed(string text) => text.EnumerateRunes().Sum(rune => rune.Utf16SequenceLength) == text.Length
        && !text.EnumerateRunes().Any(rune => rune.Value == 0xFFFD && !text.Contains('\ufffd'));
}
