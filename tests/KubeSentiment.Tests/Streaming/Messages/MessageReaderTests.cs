using System.Text;
using CsCheck;
using KubeSentiment.Streaming.Messages;

namespace KubeSentiment.Tests.Streaming.Messages;

/// <summary>What a message may look like, and what is wrong with those that cannot be read.</summary>
public sealed class MessageReaderTests
{
    [Theory]
    [InlineData("I love this film", "I love this film")]
    [InlineData("  spaces stay  ", "  spaces stay  ")]
    [InlineData("\"quoted\" is text", "\"quoted\" is text")]
    [InlineData("[1, 2]", "[1, 2]")]
    [InlineData("caf\u00e9 \ud83d\ude00", "caf\u00e9 \ud83d\ude00")]
    [InlineData("\ufeffwith a byte order mark", "with a byte order mark")]
    public void Read_Text_IsTheText(string value, string text)
    {
        var message = Good(value);

        message.Text.ShouldBe(text);
        message.Id.ShouldBeNull();
        message.Metadata.IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"text":"good"}""", null)]
    [InlineData(""" {"id":"a-1","text":"good"} """, "a-1")]
    [InlineData("""{"text":"good","id":12345678901234567890}""", "12345678901234567890")]
    [InlineData("""{"text":"good","id":null}""", null)]
    [InlineData("""{"text":"good","id":""}""", null)]
    [InlineData("""{"text":"good","id":{"a":[1]}}""", null)]
    [InlineData("""{"other":{"text":"bad","text":"bad"},"other":1,"text":"good"}""", null)]
    [InlineData("""{"\u0074ext":"g\u006fod"}""", null)]
    public void Read_Object_HasTextAndId(string value, string? id)
    {
        var message = Good(value);

        message.Text.ShouldBe("good");
        message.Id.ShouldBe(id);
    }

    [Theory]
    [InlineData("""{"text":"good","metadata": {"a" : [1, 2.50]} }""", """{"a" : [1, 2.50]}""")]
    [InlineData("""{"metadata":null,"text":"good"}""", "null")]
    [InlineData("""{"metadata":"x","text":"good"}""", "\"x\"")]
    [InlineData("""{"metadata":7,"text":"good"}""", "7")]
    public void Read_Metadata_IsKeptAsWritten(string value, string metadata) => Encoding.UTF8.GetString(Good(value).Metadata.Span).ShouldBe(metadata);

    [Theory]
    [InlineData("{", "broken_json")]
    [InlineData("{\"text\":\"good\"", "broken_json")]
    [InlineData("{\"text\":\"good\"} x", "broken_json")]
    [InlineData("{text:1}", "broken_json")]
    [InlineData("{}", "no_text")]
    [InlineData("""{"text":null}""", "no_text")]
    [InlineData("""{"text":["good"]}""", "no_text")]
    [InlineData("""{"text":"good","text":1}""", "field_twice")]
    [InlineData("""{"text":"bad","text":"good"}""", "field_twice")]
    [InlineData("""{"text":null,"\u0074ext":"good"}""", "field_twice")]
    [InlineData("""{"id":1,"text":"good","id":1}""", "field_twice")]
    [InlineData("""{"metadata":1,"text":"good","metadata":1}""", "field_twice")]
    [InlineData("""{"text":"bad","text":"good""", "broken_json")]
    [InlineData("""{"text":"half a pair \ud800"}""", "invalid_utf8")]
    public void Read_WrongObject_SaysWhy(string value, string reason) => MessageReader.Read(Encoding.UTF8.GetBytes(value), out _)!.Value.Name().ShouldBe(reason);

    [Fact]
    public void Read_NotUtf8_SaysSo()
    {
        byte[][] values = [[0xFF], [0xC3], [0x80, 0x80], [.. "good "u8, 0xED, 0xA0, 0x80], [.. "{\"text\":\""u8, 0xFF, .. "\"}"u8], [.. "{\"text\":\"a\",\"metadata\":\""u8, 0xC3, .. "\"}"u8]];

        values.Select(value => MessageReader.Read(value, out _)).ShouldAllBe(reason => reason == PoisonReason.InvalidUtf8);
    }

    [Fact]
    public void Read_Tombstone_SaysSo() => MessageReader.Read(null, out _).ShouldBe(PoisonReason.Tombstone);

    [Fact]
    public void Read_Nothing_IsAnEmptyText() => Good("").Text.ShouldBeEmpty();

    [Fact]
    public void Read_AnyBytes_EndsInAMessageOrAReason()
    {
        var json = Gen.String["{}[]\":,textidmaud\\0\ud83d "].Select(Encoding.UTF8.GetBytes);

        Gen.OneOf(Gen.Byte.Array, json, json.Select(bytes => (byte[])[(byte)'{', .. bytes])).Sample(
            value =>
            {
                var reason = MessageReader.Read(value, out var message);
                (reason is null).ShouldBe(reason is null && message.Text is not null);
            },
            iter: 20_000);
    }

    [Fact]
    public void Names_OfReasons_AreDifferent() => PoisonReasons.All.Select(reason => reason.Name()).ShouldBeUnique();

    private static RequestMessage Good(string value)
    {
        MessageReader.Read(Encoding.UTF8.GetBytes(value), out var message).ShouldBeNull();
        return message;
    }
}
