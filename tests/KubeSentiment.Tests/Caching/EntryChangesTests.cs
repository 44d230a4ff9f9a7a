using KubeSentiment.Caching;

namespace KubeSentiment.Tests.Caching;

/// <summary>Whether an answer that was under way may still come into memory.</summary>
public sealed class EntryChangesTests
{
    private readonly EntryChanges _changes = new();

    [Fact]
    public void AreStill_NothingChanged_IsTrue()
    {
        var before = _changes.Of(Key("a"));

        _changes.AreStill(before, Key("a")).ShouldBeTrue();
    }

    [Fact]
    public void AreStill_AfterANote_IsFalseForThatEntry()
    {
        var (before, other) = (_changes.Of(Key("a")), _changes.Of(Key("b")));

        _changes.Note(Key("a"));

        _changes.AreStill(before, Key("a")).ShouldBeFalse();
        _changes.AreStill(_changes.Of(Key("a")), Key("a")).ShouldBeTrue();
        // Unless both share a counter, which one seed in 256 brings about.
        _changes.AreStill(other, Key("b")).ShouldBe((uint)Key("a").GetHashCode() % 256 != (uint)Key("b").GetHashCode() % 256);
    }

    [Fact]
    public void AreStill_BegunBeforeOrDuringAClearing_IsFalse()
    {
        var before = _changes.Of(Key("a"));
        _changes.BeginClearing();
        var during = _changes.Of(Key("a"));
        _changes.AreStill(before, Key("a")).ShouldBeFalse();
        _changes.AreStill(during, Key("a")).ShouldBeFalse();

        _changes.EndClearing();

        _changes.AreStill(before, Key("a")).ShouldBeFalse();
        _changes.AreStill(during, Key("a")).ShouldBeFalse();
        _changes.AreStill(_changes.Of(Key("a")), Key("a")).ShouldBeTrue();
    }

    private static LocalKey Key(string name) => new("test", CacheType.Feature, named: true, name);
}
