using System.Text;
using System.Text.Json;
using CsCheck;
using KubeSentiment.Api;
using KubeSentiment.Api.Contracts;
using KubeSentiment.Pipeline;

namespace KubeSentiment.Tests.Api;

/// <summary>What is written by hand reads to the letter as what the serializer would have written.</summary>
public sealed class PredictResponseConverterTests
{
    private static readonly JsonSerializerOptions Serializer = AnswerJson.With(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    private static readonly Gen<string> Words = Gen.String[Gen.OneOf(Gen.Char.AlphaNumeric, Any('"', '\\', '/', '<', '\n', '\u0001', 'ü', '中', '\u2028')), 0, 12];

    // Not a number and infinities cannot be written, by neither.
    private static readonly Gen<float> Scores = Gen.OneOf(Gen.Float[0, 1], Any(0f, 1f, float.Epsilon, 1e-7f, float.MaxValue, -0f));
    private static readonly Gen<double> Times = Gen.OneOf(Gen.Double[0, 1e6], Any(0, 0.001, 1e20));

    private static readonly Gen<PredictResponse> Answers =
        from texts in Words.Array[6]
        from scores in Gen.Select(Words, Scores).Array[0, 5]
        from score in Scores
        from id in Gen.Guid
        from times in Times.Array[2]
        from brownout in Any<bool?>(null, true, false)
        from numbers in Gen.Int.Array[2]
        from truncated in Gen.Bool
        from source in Gen.Enum<AnswerSource>()
        from anomalies in Gen.Select(Words, Scores, (type, size) => new AnomalyAnswer(type, size)).List[0, 2]
        select new PredictResponse(
            texts[0],
            score,
            scores.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, pair => pair.Item2),
            id,
            times[0],
            times[1],
            texts[1],
            texts[2],
            texts[3],
            texts[4],
            brownout,
            numbers[0],
            numbers[1],
            truncated,
            source,
            anomalies);

    [Fact]
    public void Write_AnyAnswer_IsWhatTheSerializerWrites() =>
        Answers.Sample(answer => Written(answer).ShouldBe(Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(answer, Serializer))));

    [Fact]
    public void Write_NotANumber_Throws()
    {
        var answer = new PredictResponse("a", float.NaN, new Dictionary<string, float>(), default, 0, 0, "", "", "", "", null, 0, 0, false, AnswerSource.L1, []);

        Should.Throw<ArgumentException>(() => Written(answer));
    }

    private static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static string Written(PredictResponse answer) => Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(answer, AnswerJson.Shape<PredictResponse>()));
}
