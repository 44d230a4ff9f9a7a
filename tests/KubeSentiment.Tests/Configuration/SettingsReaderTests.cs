namespace KubeSentiment.Tests.Configuration;

/// <summary>Which source wins, what counts as set, and that everything wrong is told at once.</summary>
public sealed class SettingsReaderTests
{
    private const string File = """{ "Sample": { "Count": 1, "Text": "f" } }""";
    private const string FileOfEnvironment = """{ "Sample": { "Count": 2 } }""";

    [Fact]
    public void Read_NothingSet_KeepsDefaults()
    {
        var reading = Read.Sample();

        reading.Errors.ShouldBeEmpty();
        reading.Warnings.ShouldBeEmpty();
        reading.Get<SampleOptions>().ShouldBeEquivalentTo(new SampleOptions());
    }

    [Fact]
    public void Read_SeveralSources_MoreSpecificWins()
    {
        Count([], [File]).ShouldBe(1);
        Count([], [File, FileOfEnvironment]).ShouldBe(2);
        Count([("MLOPS_COUNT", "3")], [File, FileOfEnvironment]).ShouldBe(3);
        Count([("MLOPS_COUNT", "3")], [File, FileOfEnvironment], "--Sample:Count=4").ShouldBe(4);
        Read.From<SampleOptions>([], [File, FileOfEnvironment]).Get<SampleOptions>().Text.ShouldBe("f");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t\n")]
    public void Read_BlankVariable_CountsAsNotSet(string blank)
    {
        Count([("MLOPS_COUNT", blank)], []).ShouldBe(8000);
        Count([("MLOPS_COUNT", blank)], [File]).ShouldBe(1);
        Read.Sample(("MLOPS_OPTIONAL", blank)).Get<SampleOptions>().Optional.ShouldBeNull();
        Read.Sample(("MLOPS_LINGER", blank), ("LINGER", "7")).Get<SampleOptions>().Linger.ShouldBe(TimeSpan.FromMilliseconds(7));
    }

    [Fact]
    public void Read_UnprefixedName_IsReadWhereAllowedAndLosesToThePrefixed()
    {
        Read.Sample(("LINGER", "7")).Get<SampleOptions>().Linger.ShouldBe(TimeSpan.FromMilliseconds(7));
        Read.Sample(("LINGER", "7"), ("MLOPS_LINGER", "8")).Get<SampleOptions>().Linger.ShouldBe(TimeSpan.FromMilliseconds(8));
        Read.Sample(("COUNT", "7")).Get<SampleOptions>().Count.ShouldBe(8000);
        Read.Sample(("LINGER", "x")).Errors.ShouldHaveSingleItem().ShouldStartWith("LINGER=\"x\" is not a duration");
    }

    [Fact]
    public void Read_ListsOfTwoFiles_ReplaceEachOther()
    {
        const string Longer = """{ "Sample": { "Urls": ["http://a", "http://b"] } }""";

        Urls(Longer).ShouldBe(["http://a", "http://b"]);
        Urls(Longer, """{ "Sample": { "Urls": ["http://c"] } }""").ShouldBe(["http://c"]);
        Urls(Longer, """{ "Sample": { "Urls": "http://c,http://d" } }""").ShouldBe(["http://c", "http://d"]);
        Urls(Longer, """{ "Sample": { "Urls": [] } }""").ShouldBeEmpty();
        Urls(Longer, """{ "Sample": { "Urls": null } }""").ShouldBe(["http://a", "http://b"]);

        static IReadOnlyList<string> Urls(params string[] files) => Read.From<SampleOptions>([], files).Get<SampleOptions>().Urls;
    }

    [Fact]
    public void Read_WrongValueInFile_NamesTheKey() =>
        Read.From<SampleOptions>([], ["""{ "Sample": { "Count": "eighty", "Text": ["a"], "Urls": ["http://a", {"b": 1}], "Secret": "x" } }"""]).Errors.ShouldBe(
        [
            "Sample:Text=\"a\" is an array or an object; allowed: at most 5 characters (default abc)",
            "Sample:Secret (value hidden) is too short; allowed: 4 to 6 characters (default none)",
            "Sample:Count=\"eighty\" is not a whole number; allowed: 0 to 65535 (default 8000)",
            "Sample:Urls=\"http://a,\" is not an array of texts; allowed: an absolute http or https URL (default none)",
        ]);

    [Fact]
    public void Read_ManyWrongValues_AreAllGathered()
    {
        var reading = Read.From(new([typeof(SampleOptions), typeof(NeededOptions)]), [("MLOPS_COUNT", "x"), ("MLOPS_WAIT", "x"), ("MLOPS_SWITCH", "on")]);

        reading.Errors.ShouldBe(
        [
            "MLOPS_NEEDED is required; allowed: text (default none)",
            "MLOPS_COUNT=\"x\" is not a whole number; allowed: 0 to 65535 (default 8000)",
            "MLOPS_WAIT=\"x\" is not a duration; allowed: 1 to 3600 seconds (default 30)",
            "MLOPS_OPTIONAL is needed when MLOPS_SWITCH is true; allowed: text that matches [a-z]+ (default none)",
        ]);
    }

    [Fact]
    public void Read_ConflictWithAWrongValue_IsNotToldTwice() =>
        Read.Sample(("MLOPS_SWITCH", "true"), ("MLOPS_OPTIONAL", "ABC")).Errors.ShouldHaveSingleItem().ShouldContain("right form");

    [Theory]
    [InlineData("MLOPS_CUONT", "MLOPS_CUONT is not a setting; did you mean MLOPS_COUNT?")]
    [InlineData("MLOPS_ADRESS", "MLOPS_ADRESS is not a setting; did you mean MLOPS_ADDRESS?")]
    [InlineData("mlops_count", "mlops_count is not a setting; did you mean MLOPS_COUNT?")]
    [InlineData("MLOPS_REDIS_HOST", "MLOPS_REDIS_HOST is not a setting; it is ignored")]
    [InlineData("MLOPS_", "MLOPS_ is not a setting; it is ignored")]
    public void Read_UnknownVariable_WarnsWithTheNearestName(string name, string warning)
    {
        var reading = Read.Sample((name, "1"));

        reading.Errors.ShouldBeEmpty();
        reading.Warnings.ShouldBe([warning]);
    }

    [Fact]
    public void Read_UnknownKeyInASection_Warns() =>
        Read.From<SampleOptions>([], ["""{ "Sample": { "Cuont": 1, "count": 2, "Zzz": { "Y": 1 } }, "Logging": { "Cuont": 1 } }"""]).Warnings.ShouldBe(
            ["Sample:Cuont is not a setting; did you mean Sample:Count?", "Sample:Zzz is not a setting; it is ignored"]);

    /// <summary>All that stands in it is ignored. What is like no section of ours is the host's, or another's.</summary>
    [Fact]
    public void Read_MistypedSection_Warns() =>
        Read.From<SampleOptions>([], ["""{ "Smaple": { "Count": 1, "Text": "f" }, "Kestrel": { "Limits": { "MaxRequestLineSize": 9 } }, "Sampel": "x" }"""]).Warnings.ShouldBe(
            ["Smaple is not a section of settings; did you mean Sample?"]);

    private static int Count(IEnumerable<(string Name, string Value)> variables, string[] files, params string[] arguments) =>
        Read.From<SampleOptions>(variables, files, arguments).Get<SampleOptions>().Count;
}
