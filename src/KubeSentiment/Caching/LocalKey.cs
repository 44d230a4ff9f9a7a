namespace KubeSentiment.Caching;

/// <summary>Finds an entry in memory: by the text itself, so that a hit needs no tokenizer.</summary>
/// <param name="Namespace">The tenant's, or the service's own.</param>
/// <param name="Type">What the answer is.</param>
/// <param name="Named">True for entries that an application stored under a name of its own: they are never taken for the model's answer to that text.</param>
/// <param name="Text">The text, or the application's name for the entry.</param>
internal readonly record struct LocalKey(string Namespace, CacheType Type, bool Named, string Text);

/// <summary>Compares keys, the namespace by reference where it can be.</summary>
/// <remarks>The text's hash is .NET's own, which is keyed at random: texts come from strangers, who must not be able to send ten thousand that collide.</remarks>
internal sealed class LocalKeyComparer : IEqualityComparer<LocalKey>
{
    public bool Equals(LocalKey x, LocalKey y) =>
        x.Type == y.Type && x.Named == y.Named && x.Text == y.Text && x.Namespace == y.Namespace;

    public int GetHashCode(LocalKey obj) => StringComparer.Ordinal.GetHashCode(obj.Text) ^ ((int)obj.Type << 1) ^ (obj.Named ? 1 : 0);
}
