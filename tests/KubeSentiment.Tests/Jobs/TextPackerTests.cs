using System.Text;
using KubeSentiment.Jobs;

namespace KubeSentiment.Tests.Jobs;

/// <summary>Texts as chunks of bytes.</summary>
public sealed class TextPackerTests
{
    private const int MaxTextLength = 300;

    private readonly UploadBudget _budget = new(10_000);

    [Fact]
    public void Unpack_WhatWasPacked_IsTheSame()
    {
        // Lengths around those that need another byte of prefix.
        string[] texts = ["", "a", "héllo 😀", new('x', 127), new('x', 128), new('y', 300), "\0\n\r"];
        using var packer = Packer(chunkTexts: 3);
        foreach (var text in texts)
        {
            packer.Add(Encoding.UTF8.GetBytes(text)).ShouldBeNull();
        }

        var chunks = packer.Finish();

        chunks.Count.ShouldBe(3);
        packer.Count.ShouldBe(texts.Length);
        chunks.SelectMany((chunk, index) => TextPacker.Unpack(chunk, index == 2 ? 1 : 3)!).ShouldBe(texts);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("é")]
    [InlineData("😀")]
    public void Add_TooLongText_KeepsOneCharacterTooMany(string character)
    {
        using var packer = Packer();
        packer.Add(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(character, MaxTextLength)))).ShouldBeNull();
        packer.Add(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(character, 10 * MaxTextLength)))).ShouldBeNull();

        var texts = TextPacker.Unpack(packer.Finish()[0], 2).ShouldNotBeNull();

        texts.Select(text => text.EnumerateRunes().Count()).ShouldBe([MaxTextLength, MaxTextLength + 1]);
    }

    [Fact]
    public void Add_MoreTextsThanMayBe_IsRefused()
    {
        using var packer = new TextPacker(10, mostTexts: 2, long.MaxValue, MaxTextLength, _budget);
        packer.Add("a"u8).ShouldBeNull();
        packer.Add("b"u8).ShouldBeNull();

        packer.Add("c"u8).ShouldBe(TextRefusal.TooManyTexts);
        packer.Count.ShouldBe(2);
    }

    [Fact]
    public void Add_MoreBytesThanAllMayHave_IsRefusedUntilOthersAreDone()
    {
        using var budget = Packer();
        for (var i = 0; i < 33; i++)
        {
            budget.Add(new byte[300]).ShouldBeNull();
        }

        using var other = Packer();
        other.Add(new byte[200]).ShouldBe(TextRefusal.NoRoom);
        budget.Dispose();

        other.Add(new byte[200]).ShouldBeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(MaxTextLength)]
    public void Add_ToWhatAJobMayCountForAtMost_IsTakenAndNotOneByteMore(int length)
    {
        byte[] text = [.. Enumerable.Repeat((byte)'x', length)];
        using var measured = Packer();
        measured.Add(text).ShouldBeNull();
        measured.Add(text).ShouldBeNull();
        var bytes = new NewJob(new Job(Guid.NewGuid(), JobPriority.Low, 2, 100, TimeSpan.FromMinutes(1), DateTimeOffset.UnixEpoch), measured.Finish()).Bytes;

        using var fits = new TextPacker(100, 1_000, bytes, MaxTextLength, _budget);
        fits.Add(text).ShouldBeNull();
        fits.Add(text).ShouldBeNull();
        using var less = new TextPacker(100, 1_000, bytes - 1, MaxTextLength, _budget);
        less.Add(text).ShouldBeNull();
        less.Add(text).ShouldBe(TextRefusal.TooManyBytes);
    }

    [Fact]
    public void Unpack_DamagedBytes_IsNothing()
    {
        using var packer = Packer();
        packer.Add("some text"u8).ShouldBeNull();
        var chunk = packer.Finish()[0];

        TextPacker.Unpack(chunk, 2).ShouldBeNull();
        TextPacker.Unpack(chunk[..^1], 1).ShouldBeNull();
        TextPacker.Unpack([.. chunk, 0], 1).ShouldBeNull();
        TextPacker.Unpack([3, 0xff, 0xfe, 0xfd], 1).ShouldBeNull();
        TextPacker.Unpack([0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 1).ShouldBeNull();
    }

    private TextPacker Packer(int chunkTexts = 100) => new(chunkTexts, 1_000, long.MaxValue, MaxTextLength, _budget);
}
