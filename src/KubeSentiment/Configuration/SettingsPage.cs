using System.Text;

namespace KubeSentiment.Configuration;

/// <summary>Writes docs/configuration.md from the catalog; a test keeps the file equal to it.</summary>
internal static class SettingsPage
{
    private const string Introduction = """
        # Configuration

        Generated from the options types by `SettingsPage`. Change those, then run the tests with `UPDATE_DOCS=1` set.

        Every setting has one environment variable, `MLOPS_` and a name, and one place in `appsettings.json`: a section and a name, joined by a
        colon in the tables below. Both of these set the port:

        ```sh
        MLOPS_PORT=9000 ./kubesentiment
        ```

        ```json
        { "Service": { "Port": 9000 } }
        ```

        - **What wins.** A command-line argument (`--Service:Port=9000`), then the variable, then `appsettings.{Environment}.json`, then
          `appsettings.json`, then the default. `{Environment}` is .NET's own (`DOTNET_ENVIRONMENT`, by default `Production`).
        - **Not set.** An empty value, or one of white space only, counts as not set. White space around a value is dropped.
        - **Switches** are true or false; 1 and 0, yes and no, on and off do too. Names (such as a log level) may be written in any case.
        - **Durations** are plain numbers in the unit given, or `hh:mm:ss`, both in variables and in files: `90` seconds is `00:01:30`.
        - **Lists** are comma-separated or a JSON array: `a,b` or `["a","b"]`. In a file write an array. A list replaces the one it wins over.
        - **Secrets** are never printed or logged. Give them as variables, from a Kubernetes Secret.
        - **A wrong value stops the start.** All of them are listed, one line each: where it was set, its value, what is allowed.
          `MLOPS_PORT="eighty" is not a whole number; allowed: 0 to 65535 (default 8000)`
        - **An unknown name** that starts with `MLOPS_`, or that stands in one of the sections, is ignored with a warning, which suggests the
          nearest known name: `MLOPS_MAX_TEXT_LENTH is not a setting; did you mean MLOPS_MAX_TEXT_LENGTH?` So is a mistyped section.
          Where a wrong value stops the start, such lines follow.
        """;

    public static string Write(SettingsCatalog catalog, XmlSummaries summaries)
    {
        var page = new StringBuilder(Introduction).Append('\n');
        foreach (var section in catalog.Sections)
        {
            page.Append('\n').Append("## ").Append(section.Name).Append("\n\n");
            page.Append(summaries.Of(section.Type)).Append("\n\n");
            page.Append("| variable | in appsettings.json | default | allowed | what it is |\n| --- | --- | --- | --- | --- |\n");
            foreach (var setting in section.Settings)
            {
                page.Append("| ").AppendJoin(" | ", Cells(setting, summaries).Select(cell => cell.Replace("|", "\\|"))).Append(" |\n");
            }
        }

        return page.ToString();
    }

    private static IEnumerable<string> Cells(Setting setting, XmlSummaries summaries) =>
    [
        string.Join(" or ", setting.Variables.Select(name => setting.IsFamily ? $"`{name}<name>`" : $"`{name}`")),
        $"`{setting.Key}`",
        setting.Default,
        setting.Allowed,
        summaries.Of(setting.Property) + (setting.IsSecret ? " Secret." : ""),
    ];
}
