using System.Text;
using KubeSentiment.Anomalies;
using KubeSentiment.Inference;
using KubeSentiment.Pipeline;

namespace KubeSentiment.Jobs;

/// <summary>The results of a chunk as bytes: about 45 a text with three labels, a ninth of their JSON.</summary>
/// <remarks>
/// <para>A byte with the form's version; the model's version; its labels; then each text: one byte that says what became of it and, where it has a prediction, what
/// <c>/predict/batch</c> answers. Labels are in every chunk because another replica, with another model, may read it.</para>
/// <para>Whatever is not in this form reads as lost: bytes from Redis may be anything.</para>
/// </remarks>
internal static class ResultCodec
{
    private const byte Form = 1;
    private const int TruncatedFlag = 0x80;
    private const int FastFlag = 0x40;

    public static byte[] Encode(string modelVersion, IReadOnlyList<string> labels, IReadOnlyList<JobResult> results)
    {
        var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(Form);
        writer.Write(modelVersion);
        writer.Write7BitEncodedInt(labels.Count);
        foreach (var label in labels)
        {
            writer.Write(label);
        }

        foreach (var (end, prediction, textLength) in results)
        {
            writer.Write((byte)end);
            if (prediction is not null)
            {
                Write(writer, labels, prediction, textLength);
            }
        }

        return bytes.ToArray();
    }

    /// <summary>The results of a chunk.</summary>
    /// <param name="bytes">What <see cref="Encode"/> wrote; null and damaged ones give results that are lost.</param>
    /// <param name="count">Texts of the chunk.</param>
    /// <returns>So many results, and the version of the model that gave them; null where they are lost.</returns>
    public static (IReadOnlyList<JobResult> Results, string? ModelVersion) Decode(byte[]? bytes, int count)
    {
        if (bytes is [Form, ..])
        {
            try
            {
                using var reader = new BinaryReader(new MemoryStream(bytes, 1, bytes.Length - 1), Encoding.UTF8);
                var version = reader.ReadString();
                var labels = new string[Bounded(reader.Read7BitEncodedInt(), bytes.Length)];
                for (var i = 0; i < labels.Length; i++)
                {
                    labels[i] = reader.ReadString();
                }

                var results = new JobResult[count];
                for (var i = 0; i < count; i++)
                {
                    var end = (JobTextEnd)Bounded(reader.ReadByte(), (int)JobTextEnd.Failed);
                    results[i] = end == JobTextEnd.Predicted ? Read(reader, labels) : new JobResult(end);
                }

                return (results, version);
            }
            catch (Exception e) when (e is IOException or FormatException or ArgumentException or OverflowException)
            {
                // Lost, like those that are not there.
            }
        }

        return (new JobResult[count], null);
    }

    private static void Write(BinaryWriter writer, IReadOnlyList<string> labels, Prediction prediction, int textLength)
    {
        var origin = prediction.Origin;
        writer.Write((byte)((int)origin.Source | (origin.Truncated ? TruncatedFlag : 0) | (origin.Stage == AnswerStage.Fast ? FastFlag : 0)));
        writer.Write7BitEncodedInt(textLength);
        writer.Write7BitEncodedInt(origin.Tokens);
        writer.Write7BitEncodedInt64(origin.QueueTime.Ticks);
        writer.Write7BitEncodedInt64(origin.InferenceTime.Ticks);
        writer.Write(prediction.Id.ToByteArray());
        var best = 0;
        for (var i = 0; i < labels.Count; i++)
        {
            writer.Write(prediction.Scores[labels[i]]);
            best = labels[i] == prediction.Label ? i : best;
        }

        writer.Write7BitEncodedInt(best);
        writer.Write7BitEncodedInt(prediction.Anomalies.Count);
        foreach (var (type, score) in prediction.Anomalies)
        {
            writer.Write((byte)type);
            writer.Write(score);
        }
    }

    private static JobResult Read(BinaryReader reader, string[] labels)
    {
        var flags = reader.ReadByte();
        var source = (AnswerSource)Bounded(flags & ~(TruncatedFlag | FastFlag), (int)AnswerSource.L2);
        var textLength = reader.Read7BitEncodedInt();
        var tokens = reader.Read7BitEncodedInt();
        var (queueTime, inferenceTime) = (TimeSpan.FromTicks(reader.Read7BitEncodedInt64()), TimeSpan.FromTicks(reader.Read7BitEncodedInt64()));
        var id = new Guid(reader.ReadBytes(16));
        var scores = new OrderedDictionary<string, float>(labels.Length);
        foreach (var label in labels)
        {
            scores.Add(label, reader.ReadSingle());
        }

        var best = Bounded(reader.Read7BitEncodedInt(), labels.Length - 1);
        var anomalies = new Anomaly[Bounded(reader.Read7BitEncodedInt(), AnomalyTypes.All.Count)];
        for (var i = 0; i < anomalies.Length; i++)
        {
            anomalies[i] = new Anomaly((AnomalyType)Bounded(reader.ReadByte(), AnomalyTypes.All.Count - 1), reader.ReadSingle());
        }

        var origin = new AnswerOrigin(source, tokens, (flags & TruncatedFlag) != 0, queueTime, inferenceTime) { Stage = (flags & FastFlag) != 0 ? AnswerStage.Fast : AnswerStage.Full };
        var prediction = new Prediction(labels[best], scores[labels[best]], scores, origin) { Id = id, Anomalies = anomalies };
        return new JobResult(JobTextEnd.Predicted, prediction, textLength);
    }

    private static int Bounded(int value, int most) => value >= 0 && value <= most ? value : throw new FormatException("Not a value that was written.");
}
