using System.IO.Compression;
using System.Text;
using static KubeSentiment.Bench.Fuzz.FuzzRequest;

namespace KubeSentiment.Bench.Fuzz;

/// <summary>Well-formed HTTP with a body that is not what the route asks for: every answer must be the service's own.</summary>
internal static class BrokenBodies
{
    public static IReadOnlyList<(string Class, Func<Random, FuzzCase> Make)> All { get; } =
    [
        Of("valid, odd texts", (random, route) => Body(route, random)),
        Of("mutated JSON", Mutated),
        Of("JSON dialects", (random, route) => Encoding.UTF8.GetBytes(random.Pick(
            ["{'text':'a'}", "{text:\"a\"}", "{\"text\":\"a\",}", "/*c*/{\"text\":\"a\"}", "{\"text\":\"a\"}{\"text\":\"b\"}", "{\"text\":\"a\"",
            "{\"text\":\"a\"]", "\"text\"", "{\"text\":\"a\" \"x\":1}", "{\"text\":\"\\x41\"}"]))),
        Of("deep nesting", (random, route) => Encoding.UTF8.GetBytes(Nested(random, route))),
        Of("wrong types", (random, route) => Encoding.UTF8.GetBytes(Wrap(route, random.Pick(
            ["1", "true", "null", "[]", "{}", "[\"a\"]", "{\"text\":\"a\"}", "1.5e3", "[[[]]]"])))),
        Of("wrong lists", (random, _) => Encoding.UTF8.GetBytes(random.Pick(
            ["{\"texts\":\"a\"}", "{\"texts\":{}}", "{\"texts\":null}", "{\"texts\":[]}", "{\"texts\":[null]}", "{\"texts\":[1,true,{}]}",
            "{\"texts\":[[\"a\"]]}", "{\"texts\":[\"\",\" \",\"a\"]}", "{\"texts\":true}"]))),
        Of("missing fields", (random, _) => Encoding.UTF8.GetBytes(random.Pick(
            ["{}", "[]", "null", "\"\"", "123", "true", " ", "", "\n\n", "{\"Text\":1}",
            "{\"txet\":\"a\"}", "[{\"text\":\"a\"}]", "{\"text\":\"\"}", "{\"text\":\" \\t\\u00a0\"}"]))),
        Of("lone surrogates", (random, route) => Encoding.UTF8.GetBytes(random.Pick(
            [Wrap(route, "\"a\\ud800\""), Wrap(route, "\"\\udfff\""), Wrap(route, "\"\\ude00\\ud83d\""), Wrap(route, "\"\\uD800x\\uDC00\""),
            "{\"\\ud800\":1,\"text\":\"a\"}", "{\"text\\udc00\":\"a\"}"]))),
        Of("invalid UTF-8", InvalidUtf8),
        Of("NUL and controls", (random, route) => Encoding.UTF8.GetBytes(random.Pick(
            [Wrap(route, "\"a\0b\""), Wrap(route, "\"\\u0000\""), Wrap(route, "\"a\u0001\""), Wrap(route, "\"\\u001b[31m\""), Wrap(route, "\"a\nb\""),
            "\0" + Wrap(route, "\"a\""), Wrap(route, "\"a\"") + "\0", "\ufeff" + Wrap(route, "\"a\"")]))),
        Of("numbers", Numbers),
        Of("long strings", LongStrings),
        Of("duplicate keys", (random, _) => Encoding.UTF8.GetBytes(random.Pick(
            ["{\"text\":\"a\",\"text\":5}", "{\"text\":5,\"text\":\"a\"}", "{\"texts\":[\"a\"],\"texts\":null}",
            "{" + string.Join(',', Enumerable.Repeat("\"text\":\"a\",\"texts\":[\"a\"]", 2000)) + "}"]))),
        ("content types", ContentTypes),
        ("other encodings", OtherEncodings),
        ("content encoding", ContentEncodings),
    ];

    private static (string Class, Func<Random, FuzzCase> Make) Of(string name, Func<Random, string, byte[]> body) => (name, random =>
    {
        var route = Route(random);
        return new FuzzCase(name, Post(route, body(random, route)));
    }
    );

    private static byte[] Mutated(Random random, string route)
    {
        var bytes = new List<byte>(Body(route, random));
        for (var edits = random.Next(1, 5); edits > 0 && bytes.Count > 0; edits--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes.RemoveAt(at);
                    break;
                case 1:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 2:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    private static string Nested(Random random, string route)
    {
        var depth = random.Pick([10, 63, 64, 65, 1_000, 100_000]);
        var (open, close) = random.Pick([("[", "]"), ("{\"a\":", "}")]);
        var nested = string.Concat(Enumerable.Repeat(open, depth)) + "1" + (random.Next(2) == 0 ? string.Concat(Enumerable.Repeat(close, depth)) : "");
        return random.Next(3) switch
        {
            0 => nested,
            1 => Wrap(route, nested),
            _ => $"{{\"extra\":{nested},\"text\":\"a\",\"texts\":[\"a\"]}}",
        };
    }

    private static byte[] InvalidUtf8(Random random, string route)
    {
        byte[][] broken = [[0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82], [0x80], [0xff, 0xfe], [0xf0, 0x9f, 0x99]];
        var marked = Encoding.UTF8.GetBytes(random.Next(4) == 0 ? "{\"a@b\":1,\"text\":\"x\",\"texts\":[\"x\"]}" : Wrap(route, "\"a@b\""));
        var at = Array.IndexOf(marked, (byte)'@');
        return [.. marked[..at], .. random.Pick(broken), .. marked[(at + 1)..]];
    }

    private static byte[] Numbers(Random random, string route)
    {
        var number = random.Pick(["NaN", "Infinity", "-Infinity", "1e999", "-0", "01", "+1", ".5", "1.", new string('9', 2000), "0x10", "1e-999"]);
        return Encoding.UTF8.GetBytes(random.Next(2) == 0 ? Wrap(route, number) : $"{{\"text\":\"a\",\"texts\":[\"a\"],\"extra\":{number}}}");
    }

    private static byte[] LongStrings(Random random, string route)
    {
        var length = random.Pick([9_999, 10_000, 10_001, 65_536, 1_000_000, 1_048_577]);
        return Encoding.UTF8.GetBytes(random.Next(6) switch
        {
            0 => Wrap(route, $"\"{new string('a', length)}\""),
            1 => Wrap(route, $"\"{string.Concat(Enumerable.Repeat("🙂", length / 4))}\""),
            2 => Wrap(route, $"\"{string.Concat(Enumerable.Repeat("\\u0041", length / 6))}\""),
            3 => $"{{\"{new string('k', length)}\":1,\"text\":\"a\",\"texts\":[\"a\"]}}",
            4 => $"{{\"texts\":[{string.Join(',', Enumerable.Repeat("\"\"", 1 + (length / 100)))}]}}",
            _ => new string(' ', length) + Wrap(route, "\"a\""),
        });
    }

    private static FuzzCase ContentTypes(Random random)
    {
        var route = Route(random);
        var type = random.Pick(
        [
            null, "", "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application",
            "application/json/x", "application/json; charset", "application/json; charset=", "application/json; charset=bogus",
            "application/json; charset=\"utf-8\"", "application/json;;;", "*/*", "application/vnd.api+json", "json", "application/json, text/plain",
            "application/json; charset=utf-7", "application/json; a=" + new string('x', 3000), "APPLICATION/JSON",
        ]);
        return new FuzzCase("content types", Post(route, Body(route, random), type));
    }

    private static FuzzCase OtherEncodings(Random random)
    {
        var route = Route(random);
        var (name, encoding) = random.Pick(
        [
            ("utf-16", Encoding.Unicode), ("utf-16be", Encoding.BigEndianUnicode), ("utf-32", Encoding.UTF32), ("iso-8859-1", Encoding.Latin1),
            ("us-ascii", Encoding.UTF8),
        ]);
        var body = encoding.GetBytes(Encoding.UTF8.GetString(Body(route, random)));
        var cut = random.Next(3) == 0 ? body[..^1] : body;
        return new FuzzCase("other encodings", Post(route, cut, $"{Json}; charset={(random.Next(4) == 0 ? "utf-16" : name)}"));
    }

    private static FuzzCase ContentEncodings(Random random)
    {
        var route = Route(random);
        var body = Body(route, random);
        if (random.Next(2) == 0)
        {
            using var zipped = new MemoryStream();
            using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
            {
                gzip.Write(body);
            }

            body = zipped.ToArray();
        }

        var encoding = random.Pick(["gzip", "br", "deflate", "identity", "gzip, gzip", "nonsense", ""]);
        return new FuzzCase("content encoding", Post(route, body, headers: $"Content-Encoding: {encoding}\r\n"));
    }
}
