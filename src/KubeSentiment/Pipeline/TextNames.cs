using System.Runtime.InteropServices;

namespace KubeSentiment.Pipeline;

/// <summary>What a caller calls the texts of a call, so that a text that is kept for review can be traced to its request or message.</summary>
/// <remarks>Names are put together only for the texts that need one.</remarks>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TextNames
{
    private readonly string? _request;
    private readonly Func<int, string>? _nameOf;

    private TextNames(string? request, Func<int, string>? nameOf)
    {
        _request = request;
        _nameOf = nameOf;
    }

    /// <summary>No names.</summary>
    public static TextNames None => default;

    /// <summary>The id of the request that brought the texts: they are called id/0, id/1 and so on.</summary>
    public static TextNames OfRequest(string id) => new(id, null);

    /// <summary>A name for each text, such as topic/partition/offset of the message that it came in.</summary>
    public static TextNames Of(IReadOnlyList<string> names) => Of(index => names[index]);

    /// <summary>A name for each text, asked for by its index.</summary>
    internal static TextNames Of(Func<int, string> nameOf) => new(null, nameOf);

    /// <summary>The name of a text; null when it has none.</summary>
    public string? this[int index] => _request is null ? _nameOf?.Invoke(index) : $"{_request}/{index}";
}
