using System.Buffers;
using KubeSentiment.Configuration;

namespace KubeSentiment.Caching;

/// <summary>Allows what can stand for a namespace in keys: no colon, which ends it, and nothing that means more than itself to SCAN or to a Redis Cluster.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CacheNamespaceAttribute : TextRuleAttribute
{
    public const int MaxLength = 64;

    private static readonly SearchValues<char> Allowable =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public override string Noun => "a namespace";

    public override string Allowed => $"1 to {MaxLength} letters, digits, dots, hyphens and underscores";

    public override bool Holds(string text) => IsNamespace(text);

    public static bool IsNamespace(string text) => text.Length is > 0 and <= MaxLength && !text.AsSpan().ContainsAnyExcept(Allowable);
}
