using KubeSentiment.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KubeSentiment.Tests.Configuration;

/// <summary>What the container hands out, and what a start with wrong values throws.</summary>
public sealed class SettingsRegistrationTests
{
    [Fact]
    public void AddSettings_RightValues_RegistersOptionsAndThemselves()
    {
        var services = new ServiceCollection();

        var reading = services.AddSettings(Reader(("MLOPS_COUNT", "7")));

        using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<SampleOptions>().Count.ShouldBe(7);
        provider.GetRequiredService<IOptions<SampleOptions>>().Value.ShouldBeSameAs(provider.GetRequiredService<SampleOptions>());
        reading.Get<SampleOptions>().ShouldBeSameAs(provider.GetRequiredService<SampleOptions>());
    }

    [Fact]
    public void AddSettings_WrongValues_ThrowsWithEveryLine()
    {
        var exception = Should.Throw<SettingsException>(() => new ServiceCollection().AddSettings(Reader(("MLOPS_COUNT", "x"), ("MLOPS_BIG", "x"))));

        exception.Lines.Count.ShouldBe(2);
        exception.Message.ShouldBe(string.Join('\n', exception.Lines));
    }

    /// <summary>A mistyped name is often why another setting does not fit, and there is no log yet to say so.</summary>
    [Fact]
    public void AddSettings_WrongValueAndUnknownName_TellsBoth() =>
        Should.Throw<SettingsException>(() => new ServiceCollection().AddSettings(Reader(("MLOPS_COUNT", "x"), ("MLOPS_BGI", "7"))))
            .Lines.ShouldBe(["MLOPS_COUNT=\"x\" is not a whole number; allowed: 0 to 65535 (default 8000)", "MLOPS_BGI is not a setting; did you mean MLOPS_BIG?"]);

    [Fact]
    public void AddSettings_OfTheProgram_ReadsTheRealEnvironment()
    {
        using var configuration = new ConfigurationManager();

        new ServiceCollection().AddSettings(configuration).Options.Keys.ShouldContain(typeof(ServiceOptions));
    }

    [Fact]
    public void Read_OfAWebApplication_CommandLineBeatsVariable()
    {
        var builder = WebApplication.CreateBuilder(["--Sample:Count=4"]);
        var sources = new SettingsSources(builder.Configuration, new Dictionary<string, string> { ["MLOPS_COUNT"] = "3", ["MLOPS_BIG"] = "3" });

        var options = new SettingsReader(new([typeof(SampleOptions)]), sources).Read().Get<SampleOptions>();

        options.Count.ShouldBe(4);
        options.Big.ShouldBe(3);
    }

    private static SettingsReader Reader(params (string Name, string Value)[] variables) =>
        new(new([typeof(SampleOptions)]), new(new ConfigurationBuilder().Build(), variables.ToDictionary(v => v.Name, v => v.Value)));
}
