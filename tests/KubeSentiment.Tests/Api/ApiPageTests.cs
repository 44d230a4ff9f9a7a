using System.Text.Json;
using KubeSentiment.Api;

namespace KubeSentiment.Tests.Api;

/// <summary>docs/api.md lists the errors and the routes that the service has.</summary>
public sealed class ApiPageTests(TestService service)
{
    private static string PagePath => Path.Combine(CommittedFile.RequireRoot(), "docs", "api.md");

    [Fact]
    public void Page_ItsTableOfErrors_IsTheServicesList() =>
        File.ReadAllLines(PagePath).Where(line => line.StartsWith("| E", StringComparison.Ordinal)).ShouldBe(
            ApiError.All.Select(error => $"| {error.Code} | {error.Status} | {error.Title} | {error.When} | {error.Remedy} |"));

    [Fact]
    public async Task Page_ItsHeadings_AreTheRoutesOfTheDocument()
    {
        using var document = JsonDocument.Parse((await service.GetAsync("/openapi/v1.json")).Text);
        var routes = from path in document.RootElement.GetProperty("paths").EnumerateObject()
                     from operation in path.Value.EnumerateObject()
                     where operation.Name != "head"
                     select $"### `{operation.Name.ToUpperInvariant()} {path.Name}`";

        File.ReadAllLines(PagePath).Where(line => line.StartsWith("### `", StringComparison.Ordinal)).Order().ShouldBe(routes.Order());
    }

    /// <summary>A word in capitals on a line of its own stands where an answer of the service is still to come.</summary>
    [Fact]
    public void Page_ItsAnswers_AreAllThere() =>
        File.ReadAllLines(PagePath).Where(line => line.Length > 0 && line.All(character => character is '-' or >= 'A' and <= 'Z')).ShouldBeEmpty();
}
