using System.Text.Json;

namespace KubeSentiment.Api;

/// <summary>A field of a body is there twice: nobody can know which of them is meant.</summary>
internal sealed class DoubleFieldException : JsonException
{
    public const string Type = "duplicate";

    public static string MessageOf(string field) => $"The field {field} is there twice.";

    /// <summary>What a setter keeps. The serializer would let the last one win, or keep count of the fields of every body.</summary>
    /// <param name="before">What the field holds; null, as in the reader of jobs, is as good as left out.</param>
    /// <param name="now">What has come.</param>
    /// <returns>The latter.</returns>
    /// <exception cref="DoubleFieldException">The field holds a value.</exception>
    public static T Once<T>(T before, T now) => before is null ? now : throw new DoubleFieldException();
}
