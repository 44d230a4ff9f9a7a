using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KubeSentiment.Api.Contracts;

namespace KubeSentiment.Api;

/// <summary>How answers are written.</summary>
internal static class AnswerJson
{
    // Texts under review read as they were written. What this leaves unescaped matters inside of a page only, and answers are JSON.
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private static readonly JsonSerializerOptions Options = With(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Converters = { new PredictResponseConverter() } });

    /// <summary>Sets what all answers have in common, those that the framework writes too.</summary>
    public static JsonSerializerOptions With(JsonSerializerOptions options)
    {
        // Answers are written with these options, not with the context's own: they must agree.
        options.PropertyNamingPolicy = ApiJson.Default.Options.PropertyNamingPolicy;
        options.NumberHandling = ApiJson.Default.Options.NumberHandling;
        options.DefaultIgnoreCondition = ApiJson.Default.Options.DefaultIgnoreCondition;
        options.Encoder = Encoder;
        options.TypeInfoResolverChain.Insert(0, ApiJson.Default);
        return options;
    }

    /// <summary>The same for a writer of its own.</summary>
    public static JsonWriterOptions Writer { get; } = new() { Encoder = Encoder, SkipValidation = true };

    /// <summary>How a type of <see cref="ApiJson"/> is written.</summary>
    public static JsonTypeInfo<T> Shape<T>() => Shapes<T>.Shape;

    private static class Shapes<T>
    {
        public static readonly JsonTypeInfo<T> Shape = (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
    }
}
