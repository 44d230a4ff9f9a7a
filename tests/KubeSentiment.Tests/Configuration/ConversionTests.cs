using Microsoft.Extensions.Logging;

namespace KubeSentiment.Tests.Configuration;

/// <summary>Each type of option: what is read, and the line that a wrong text gets.</summary>
public sealed class ConversionTests
{
    [Theory]
    [InlineData("true", true)]
    [InlineData("TRUE", true)]
    [InlineData("1", true)]
    [InlineData("yes", true)]
    [InlineData("On", true)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    [InlineData("No", false)]
    [InlineData("off", false)]
    public void Read_Switch_TakesTheUsualWords(string text, bool expected) =>
        One(("MLOPS_SWITCH", text), ("MLOPS_OPTIONAL", "x")).Switch.ShouldBe(expected);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("65535", 65535)]
    [InlineData(" 80 ", 80)]
    [InlineData("+80", 80)]
    public void Read_WholeNumber_IsTheNumber(string text, int expected) => One(("MLOPS_COUNT", text)).Count.ShouldBe(expected);

    [Theory]
    [InlineData("DEBUG", LogLevel.Debug)]
    [InlineData("INFO", LogLevel.Information)]
    [InlineData("WARNING", LogLevel.Warning)]
    [InlineData("warn", LogLevel.Warning)]
    [InlineData("Error", LogLevel.Error)]
    [InlineData("CRITICAL", LogLevel.Critical)]
    [InlineData("Information", LogLevel.Information)]
    [InlineData("Trace", LogLevel.Trace)]
    [InlineData("None", LogLevel.None)]
    public void Read_LogLevel_TakesPythonAndDotNetNames(string text, LogLevel expected) => One(("MLOPS_LEVEL", text)).Level.ShouldBe(expected);

    [Theory]
    [InlineData("AtLeastOnce")]
    [InlineData("ATLEASTONCE")]
    [InlineData("at_least_once")]
    [InlineData("at-least-once")]
    public void Read_Enum_IgnoresCaseAndSeparators(string text) => One(("MLOPS_MODE", text)).Mode.ShouldBe(SampleMode.AtLeastOnce);

    [Theory]
    [InlineData("90", 90)]
    [InlineData("1.5", 1.5)]
    [InlineData("00:01:30", 90)]
    [InlineData("01:00:00", 3600)]
    public void Read_Duration_IsNumberInUnitOrClock(string text, double seconds) => One(("MLOPS_WAIT", text)).Wait.ShouldBe(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void Read_DurationInMilliseconds_UsesItsOwnUnit() => One(("MLOPS_LINGER", "250")).Linger.ShouldBe(TimeSpan.FromMilliseconds(250));

    [Theory]
    [InlineData("http://a,https://b")]
    [InlineData(" http://a , https://b , ")]
    [InlineData("""["http://a", "https://b"]""")]
    public void Read_List_TakesCommasAndJson(string text) => One(("MLOPS_URLS", text)).Urls.ShouldBe(["http://a", "https://b"]);

    [Fact]
    public void Read_OtherTypes_AreRead()
    {
        var options = One(("MLOPS_TEXT", " xyz "), ("MLOPS_BIG", "1000"), ("MLOPS_SHARE", "2.5e-1"), ("MLOPS_ADDRESS", "::1"), ("MLOPS_ONE_OF", "green"));

        options.Text.ShouldBe("xyz");
        options.Big.ShouldBe(1000);
        options.Share.ShouldBe(0.25);
        options.Address.ShouldBe("::1");
        options.OneOf.ShouldBe("green");
    }

    [Theory]
    [InlineData("COUNT", "eighty", "MLOPS_COUNT=\"eighty\" is not a whole number; allowed: 0 to 65535 (default 8000)")]
    [InlineData("COUNT", "1.5", "MLOPS_COUNT=\"1.5\" is not a whole number; allowed: 0 to 65535 (default 8000)")]
    [InlineData("COUNT", "65536", "MLOPS_COUNT=\"65536\" is out of range; allowed: 0 to 65535 (default 8000)")]
    [InlineData("COUNT", "-1", "MLOPS_COUNT=\"-1\" is out of range; allowed: 0 to 65535 (default 8000)")]
    [InlineData("COUNT", "99999999999999999999", "MLOPS_COUNT=\"99999999999999999999\" is out of range; allowed: 0 to 65535 (default 8000)")]
    [InlineData("BIG", "5000000000", "MLOPS_BIG=\"5000000000\" is out of range; allowed: 1 to 1000 (default 10)")]
    [InlineData("SHARE", "half", "MLOPS_SHARE=\"half\" is not a number; allowed: above 0 to 1 (default 0.5)")]
    [InlineData("SHARE", "NaN", "MLOPS_SHARE=\"NaN\" is not a number; allowed: above 0 to 1 (default 0.5)")]
    [InlineData("SHARE", "0", "MLOPS_SHARE=\"0\" is out of range; allowed: above 0 to 1 (default 0.5)")]
    [InlineData("SWITCH", "maybe", "MLOPS_SWITCH=\"maybe\" is neither true nor false; allowed: true or false (default false)")]
    [InlineData("MODE", "never", "MLOPS_MODE=\"never\" is not one of the allowed values; allowed: ExactlyOnce, AtLeastOnce (default ExactlyOnce)")]
    [InlineData("MODE", "1", "MLOPS_MODE=\"1\" is not one of the allowed values; allowed: ExactlyOnce, AtLeastOnce (default ExactlyOnce)")]
    [InlineData("LEVEL", "LOUD",
        "MLOPS_LEVEL=\"LOUD\" is not one of the allowed values; allowed: TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL, NONE (default INFO)")]
    [InlineData("WAIT", "soon", "MLOPS_WAIT=\"soon\" is not a duration; allowed: 1 to 3600 seconds (default 30)")]
    [InlineData("WAIT", "1:30", "MLOPS_WAIT=\"1:30\" is not a duration; allowed: 1 to 3600 seconds (default 30)")]
    [InlineData("WAIT", "0", "MLOPS_WAIT=\"0\" is out of range; allowed: 1 to 3600 seconds (default 30)")]
    [InlineData("WAIT", "1e300", "MLOPS_WAIT=\"1e300\" is out of range; allowed: 1 to 3600 seconds (default 30)")]
    [InlineData("LINGER", "1001", "MLOPS_LINGER=\"1001\" is out of range; allowed: 0 to 1000 milliseconds (default 5)")]
    [InlineData("TEXT", "abcdef", "MLOPS_TEXT=\"abcdef\" is too long; allowed: at most 5 characters (default abc)")]
    [InlineData("OPTIONAL", "ABC", "MLOPS_OPTIONAL=\"ABC\" does not have the right form; allowed: text that matches [a-z]+ (default none)")]
    [InlineData("ONE_OF", "blue", "MLOPS_ONE_OF=\"blue\" is not one of the allowed values; allowed: red, green (default red)")]
    [InlineData("ADDRESS", "8000", "MLOPS_ADDRESS=\"8000\" is not an IP address; allowed: an IP address, or localhost (default 0.0.0.0)")]
    [InlineData("URLS", "http://a,b",
        "MLOPS_URLS=\"http://a,b\" has an entry (number 2) that is not an http or https URL; allowed: an absolute http or https URL (default none)")]
    [InlineData("URLS", "[1]", "MLOPS_URLS=\"[1]\" is not a JSON array of texts; allowed: an absolute http or https URL (default none)")]
    [InlineData("URLS", "[", "MLOPS_URLS=\"[\" is not a JSON array of texts; allowed: an absolute http or https URL (default none)")]
    [InlineData("URLS", "[null]", "MLOPS_URLS=\"[null]\" is not a JSON array of texts; allowed: an absolute http or https URL (default none)")]
    public void Read_WrongText_GetsOneLine(string name, string text, string line) => Read.Sample(("MLOPS_" + name, text)).Errors.ShouldBe([line]);

    [Fact]
    public void Read_SecretOfWrongLength_IsNotPrinted() =>
        Read.Sample(("MLOPS_SECRET", "hunter2hunter2")).Errors.ShouldBe(["MLOPS_SECRET (value hidden) is too long; allowed: 4 to 6 characters (default none)"]);

    [Fact]
    public void Read_LongOrMultilineValue_IsShownOnOneShortLine()
    {
        var line = Read.Sample(("MLOPS_COUNT", "a\r\n\u001b[31m" + new string('x', 10_000))).Errors.ShouldHaveSingleItem();

        line.ShouldStartWith("MLOPS_COUNT=\"a\\r\\n\\u001B[31mxx");
        line.ShouldContain("x...\" is not a whole number");
        line.Length.ShouldBeLessThan(250);
    }

    private static SampleOptions One(params (string Name, string Value)[] variables)
    {
        var reading = Read.Sample(variables);
        reading.Errors.ShouldBeEmpty();
        return reading.Get<SampleOptions>();
    }
}
