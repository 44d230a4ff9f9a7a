using System.Text;

namespace KubeSentiment.Tests.Api;

/// <summary>Damaged bodies of jobs: taken on or the caller's mistake, never the service's.</summary>
public sealed class JobFuzzTests(IdleJobService idle) : IClassFixture<IdleJobService>
{
    private const int Rounds = 3_000;

    private static readonly string[] Seeds =
    [
        """{"texts":["good","bad \u00e9\ud83d\ude00",null,""],"priority":"high","timeout_seconds":60,"x":{"y":[1,true,{"z":null}]}}""",
        "\"good\"\n{\"text\":\"bad\",\"id\":[1,{\"a\":2}]}\n\n\"\\ud83d\\ude00 é😀\"\n",
    ];

    private static readonly string[] Scraps = ["{", "}", "[", "]", "\"", ",", ":", "\n", "\\", "\\ud83d", "null", "texts", "\"texts\":", "1e999", "\0", "\u00ff", "é", " ", "//"];

    [Fact]
    public async Task Submit_DamagedBodies_AreNeverTheServicesFault()
    {
        var service = idle.Service;
        var random = new Random(1);
        Dictionary<int, int> statuses = [];
        for (var round = 0; round < Rounds; round++)
        {
            var seed = random.Next(Seeds.Length);
            var body = Damage(Encoding.UTF8.GetBytes(Seeds[seed]), random);
            var content = random.Next(3) == 0 ? (HttpContent)new StreamContent(new DrippingStream(body, random)) : new ByteArrayContent(body);
            content.Headers.ContentType = new(seed == 1 ? "application/x-ndjson" : "application/json");

            var answer = await service.SendAsync(new HttpRequestMessage(HttpMethod.Post, JobRequests.Submit) { Content = content });

            answer.Status.ShouldBeOneOf(202, 400, 422);
            if (answer.Status != 202)
            {
                answer.Json.GetProperty("error_code").GetString().ShouldBe("E1001", answer.Text);
            }

            statuses[answer.Status] = statuses.GetValueOrDefault(answer.Status) + 1;
        }

        // All three come up: neither is everything refused, nor does nothing break.
        statuses.Keys.Order().ShouldBe([202, 400, 422]);
        statuses.Values.ShouldAllBe(count => count > Rounds / 50);
    }

    private static byte[] Damage(byte[] body, Random random)
    {
        var bytes = body.ToList();
        for (var changes = random.Next(4); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Scraps[random.Next(Scraps.Length)]));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }
}
