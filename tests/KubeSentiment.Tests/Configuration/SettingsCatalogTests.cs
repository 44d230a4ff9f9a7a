using CsCheck;
using KubeSentiment.Api;
using KubeSentiment.Configuration;
using KubeSentiment.Observability;

namespace KubeSentiment.Tests.Configuration;

/// <summary>What must hold for the settings of all rooms, those to come included.</summary>
public sealed class SettingsCatalogTests
{
    private static readonly SettingsCatalog Catalog = SettingsCatalog.OfProgram();

    [Fact]
    public void Settings_OfAllRooms_ShareNoVariableAndNoKey()
    {
        Catalog.Settings.SelectMany(setting => setting.Variables).ShouldBeUnique(StringComparer.OrdinalIgnoreCase);
        Catalog.Settings.Select(setting => setting.Key).ShouldBeUnique(StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public void Settings_OfAllRooms_HaveASummary()
    {
        var summaries = XmlSummaries.OfProgram();

        Catalog.Settings.Where(setting => summaries.Of(setting.Property).Length == 0).Select(setting => setting.Key).ShouldBeEmpty();
        Catalog.Sections.Where(section => summaries.Of(section.Type).Length == 0).Select(section => section.Name).ShouldBeEmpty();
    }

    [Fact]
    public void Settings_OfAllRooms_AllowTheirDefault() =>
        Catalog.Settings
            .Where(setting => setting.DefaultValue is { } value && setting.Problem(value) is not null)
            .Select(setting => setting.Key)
            .ShouldBeEmpty();

    [Fact]
    public void Settings_OfTheDesign_HaveTheirDefaults()
    {
        var defaults = Catalog.Settings.ToDictionary(setting => setting.Variable, setting => setting.Default);

        defaults["MLOPS_PORT"].ShouldBe("8000");
        defaults["MLOPS_LOG_LEVEL"].ShouldBe("INFO");
        defaults["MLOPS_MAX_REQUEST_TIMEOUT"].ShouldBe("30");
        defaults["MLOPS_MAX_REQUEST_BODY_BYTES"].ShouldBe("16777216");
        defaults["MLOPS_ONNX_MODEL_PATH"].ShouldBe("models/sentiment");
        defaults["MLOPS_ENABLE_METRICS"].ShouldBe("true");
        new ServiceOptions().AppVersion.ShouldMatch(@"^\d+\.\d+\.\d+[^+]*$");
    }

    [Theory]
    [InlineData("https://example.org", true)]
    [InlineData("http://localhost:3000", true)]
    [InlineData("HTTPS://Example.org", true)]
    [InlineData("*", true)]
    [InlineData("https://example.org/", false)]
    [InlineData("https://example.org/app", false)]
    [InlineData("example.org", false)]
    [InlineData("https://user@example.org", false)]
    [InlineData("https://", false)]
    public void AllowedOrigins_AreOriginsOnly(string origin, bool allowed) =>
        Read.From<ApiOptions>([("MLOPS_ALLOWED_ORIGINS", origin)]).Errors.Count.ShouldBe(allowed ? 0 : 1);

    [Fact]
    public void Tracing_WithoutEndpoint_StopsTheStart() =>
        Read.From<ObservabilityOptions>([("MLOPS_ENABLE_TRACING", "true")]).Errors.ShouldBe(
            ["MLOPS_OTLP_ENDPOINT is needed when MLOPS_ENABLE_TRACING is true; allowed: an absolute http or https URL (default none)"]);

    [Fact]
    public void Read_ValueFitsNeitherOfTwoOthers_GetsOneLine() =>
        Read.From(Catalog, [("MLOPS_KAFKA_TRANSACTION_TIMEOUT_MS", "200000")]).Errors.ShouldHaveSingleItem().ShouldStartWith("MLOPS_KAFKA_TRANSACTION_TIMEOUT_MS");

    [Fact]
    public void Read_AnyTextInAnyVariable_IsAValueInRangeOrOneLine()
    {
        var texts = Gen.OneOf(
            Gen.String,
            Gen.Int.Select(n => n.ToString()),
            Gen.Double.Select(n => n.ToString("R")),
            Gen.String["0123456789:.-+eE[]\",* \n\u0000/htps"],
            Gen.OneOf("true", "off", "INFO", "https://a", "*", "::", "[]", "[\"https://a\"]", "00:00:30", "\ud800", "99999999999999999999"));

        Gen.Select(Gen.OneOf(Catalog.Settings.ToArray()), texts).Sample((setting, text) =>
        {
            // The endpoint is there so that tracing may be switched on.
            var variables = new Dictionary<string, string> { ["MLOPS_OTLP_ENDPOINT"] = "http://collector:4317", [setting.Variable] = text };

            var reading = Read.From(Catalog, variables.Select(variable => (variable.Key, variable.Value)));
            if (reading.Errors.Count > 0)
            {
                var line = reading.Errors.ShouldHaveSingleItem();
                line.ShouldStartWith(setting.Variable);
                line.ShouldNotContain('\n');
            }
            else if (setting.Property.GetValue(reading.Options[setting.Property.DeclaringType!]) is { } value)
            {
                setting.Problem(value).ShouldBeNull();
            }
        }, iter: 5_000);
    }
}
