using System.Text.Json;
using System.Text.Json.Serialization;
using KubeSentiment.Bench.Accuracy;
using KubeSentiment.Bench.Direct;
using KubeSentiment.Bench.Kafka.Kill;
using KubeSentiment.Bench.Load;
using KubeSentiment.Bench.Report;

namespace KubeSentiment.Bench;

/// <summary>Writes and reads the results that verbs hand to each other.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(LoadResult))]
[JsonSerializable(typeof(StartResult))]
[JsonSerializable(typeof(BatchRequest))]
[JsonSerializable(typeof(List<AccuracyRow>))]
[JsonSerializable(typeof(DirectResult))]
[JsonSerializable(typeof(DirectSingleResult))]
[JsonSerializable(typeof(KillReport))]
internal sealed partial class ResultJson : JsonSerializerContext
{
    public static void Write<T>(FileInfo? file, T result)
    {
        if (file is not null)
        {
            file.Directory?.Create();
            File.WriteAllBytes(file.FullName, JsonSerializer.SerializeToUtf8Bytes(result, typeof(T), Default));
        }
    }

    public static T Read<T>(FileInfo file) =>
        (T)(JsonSerializer.Deserialize(File.ReadAllBytes(file.FullName), typeof(T), Default) ?? throw new InvalidDataException($"{file} holds no result."));
}
