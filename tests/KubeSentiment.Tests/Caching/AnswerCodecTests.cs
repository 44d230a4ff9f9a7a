using CsCheck;
using KubeSentiment.Caching;

namespace KubeSentiment.Tests.Caching;

/// <summary>What is read is what was written, or nothing.</summary>
public sealed class AnswerCodecTests
{
    // Any 32 bits, so that NaN payloads, infinities and denormals are among them.
    private static readonly Gen<float> AnyFloat = Gen.Int.Select(BitConverter.Int32BitsToSingle);

    private static readonly Gen<UInt128> AnyHash = Gen.Select(Gen.ULong, Gen.ULong, (high, low) => new UInt128(high, low));

    private static readonly Gen<StoredAnswer> AnyStored = Gen.Select(
        AnyFloat.Array[0, 40], Gen.Int[0, int.MaxValue], Gen.Bool, Gen.Long[0, 4_000_000_000_000], Gen.UInt[1, 2_592_000_000], Gen.Select(Gen.Byte, Gen.Bool),
        (values, tokens, truncated, writtenAt, ttl, more) => new StoredAnswer(
            new CachedAnswer(values, tokens, truncated) { UnreadableByte = more.Item1, IsFast = more.Item2 }, DateTimeOffset.FromUnixTimeMilliseconds(writtenAt), TimeSpan.FromMilliseconds(ttl)));

    [Fact]
    public void TryDecode_OfEncoded_IsEqualBitForBit() => Gen.Select(AnyStored, AnyHash).Sample((stored, hash) =>
    {
        AnswerCodec.TryDecode(AnswerCodec.Encode(stored, hash), hash, out var read).ShouldBeTrue();

        read.Answer.Values.Select(BitConverter.SingleToInt32Bits).ShouldBe(stored.Answer.Values.Select(BitConverter.SingleToInt32Bits));
        (read.Answer.Tokens, read.Answer.Truncated, read.Answer.IsFast, read.Answer.UnreadableShare, read.WrittenAt, read.Ttl)
            .ShouldBe((stored.Answer.Tokens, stored.Answer.Truncated, stored.Answer.IsFast, stored.Answer.UnreadableShare, stored.WrittenAt, stored.Ttl));
    });

    [Fact]
    public void TryDecode_AnyBytes_NeverThrowsAndIsNoAnswer() => Gen.Select(Gen.Byte.Array[0, 200], AnyHash).Sample((bytes, hash) =>
    {
        AnswerCodec.TryDecode(bytes, hash, out _).ShouldBeFalse();
        if (bytes.Length > 0)
        {
            // The version is right, the rest is not.
            bytes[0] = 3;
            AnswerCodec.TryDecode(bytes, hash, out _).ShouldBeFalse();
        }
    }, iter: 20_000);

    [Fact]
    public void TryDecode_DamagedBytes_IsNoAnswer() => Gen.Select(AnyStored, AnyHash, Gen.Int[0, 1_000_000], Gen.Byte[1, 255]).Sample((stored, hash, at, flip) =>
    {
        var bytes = AnswerCodec.Encode(stored, hash);
        bytes[at % bytes.Length] ^= flip;

        AnswerCodec.TryDecode(bytes, hash, out _).ShouldBeFalse();
    }, iter: 20_000);

    [Fact]
    public void TryDecode_WrongLength_IsNoAnswer() => Gen.Select(AnyStored, AnyHash, Gen.Byte.Array[1, 9], Gen.Int[0, 1_000_000]).Sample((stored, hash, tail, at) =>
    {
        var bytes = AnswerCodec.Encode(stored, hash);

        AnswerCodec.TryDecode(bytes.AsSpan(0, at % bytes.Length), hash, out _).ShouldBeFalse();
        AnswerCodec.TryDecode([.. bytes, .. tail], hash, out _).ShouldBeFalse();
    });

    [Fact]
    public void TryDecode_UnderAnothersKey_IsNoAnswer() => Gen.Select(AnyStored, AnyHash, Gen.ULong[1, ulong.MaxValue]).Sample((stored, hash, other) =>
        AnswerCodec.TryDecode(AnswerCodec.Encode(stored, hash), hash ^ other, out _).ShouldBeFalse());

    [Fact]
    public void Encode_OfThreeLogits_Is39Bytes() =>
        AnswerCodec.Encode(new StoredAnswer(new CachedAnswer([1, 2, 3], 7, false), DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1)), 5).Length.ShouldBe(39);

    [Theory]
    [InlineData(0f, 0f)]
    [InlineData(1f, 1f)]
    [InlineData(0.4f, 0.4f)]
    [InlineData(0.5f, 128 / 255f)]
    [InlineData(7f, 1f)]
    [InlineData(float.NaN, 0f)]
    public void UnreadableShare_AnyNumber_IsTheNearestStep(float share, float kept) =>
        new CachedAnswer([], 0, false) { UnreadableShare = share }.UnreadableShare.ShouldBe(kept);

    [Theory]
    [InlineData(100, 3500)]
    [InlineData(3600, 0)]
    [InlineData(5000, -1400)]
    [InlineData(-50, 3600)]
    public void Remaining_ByAge_IsAtMostTheTtl(int age, int remaining)
    {
        var stored = new StoredAnswer(new CachedAnswer([], 0, false), DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1));

        stored.Remaining(DateTimeOffset.UnixEpoch.AddSeconds(age)).ShouldBe(TimeSpan.FromSeconds(remaining));
    }
}
