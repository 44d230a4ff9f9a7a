using System.Text.Json;

namespace KubeSentiment.Pipeline;

/// <summary>What reads the same of a prediction wherever it is sent as JSON.</summary>
internal static class PredictionJson
{
    private static readonly JsonEncodedText Label = JsonEncodedText.Encode("label");
    private static readonly JsonEncodedText Score = JsonEncodedText.Encode("score");
    private static readonly JsonEncodedText Scores = JsonEncodedText.Encode("scores");

    /// <summary>Writes the fields <c>label</c>, <c>score</c> and <c>scores</c>.</summary>
    public static void WriteScores(Utf8JsonWriter json, string label, float score, IReadOnlyDictionary<string, float> scores)
    {
        json.WriteString(Label, label);
        json.WriteNumber(Score, score);
        json.WriteStartObject(Scores);
        foreach (var (name, value) in scores)
        {
            json.WriteNumber(name, value);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes the value of <c>cached</c>: false where the model answered, else the level that did, "l1" or "l2".</summary>
    public static void WriteSource(Utf8JsonWriter json, AnswerSource source)
    {
        switch (source)
        {
            case AnswerSource.L1:
                json.WriteStringValue("l1"u8);
                break;
            case AnswerSource.L2:
                json.WriteStringValue("l2"u8);
                break;
            default:
                json.WriteBooleanValue(false);
                break;
        }
    }
}
