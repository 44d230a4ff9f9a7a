using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Tests.Api;

/// <summary>Values in the query that are not of the type that their route wants.</summary>
public sealed class QueryValuesTests(TestService service)
{
    private const string Results = "/api/v1/batch/results/00000000-0000-0000-0000-000000000000";

    [Theory]
    [InlineData("/api/v1/anomalies?limit=abc", "limit", "a whole number")]
    [InlineData("/api/v1/anomalies?limit=1.5", "limit", "a whole number")]
    [InlineData("/api/v1/anomalies?limit=99999999999", "limit", "a whole number")]
    [InlineData("/api/v1/anomalies?limit=1&limit=2", "limit", "a whole number")]
    [InlineData("/api/v1/anomalies?limit=1&min_score=abc", "min_score", "a number")]
    [InlineData(Results + "?page=abc", "page", "a whole number")]
    [InlineData(Results + "?page=1&page_size=ten", "page_size", "a whole number")]
    public async Task Query_OfAnotherType_Is422ThatSaysWhichAndWhat(string path, string parameter, string wanted) =>
        ShouldBlame(await service.GetAsync(path), parameter, wanted);

    [Fact]
    public async Task Query_OfLines_Is422ThatSaysWhichAndWhat() =>
        ShouldBlame(await service.SubmitLinesAsync("\"a\"", "?timeout_seconds=abc"), "timeout_seconds", "a whole number");

    [Fact]
    public async Task Query_Empty_IsAsGoodAsLeftOut() => (await service.GetAsync("/api/v1/anomalies?limit=&min_score=")).ShouldBeOk();

    /// <summary>A value of another type would be refused without a word about it.</summary>
    [Fact]
    public void Query_OfAllRoutes_HasTypesThatAreExplained() => service.Services.GetRequiredService<EndpointDataSource>().Endpoints
        .SelectMany(endpoint => endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>())
        .Where(parameter => parameter.HasTryParse)
        .Select(parameter => Nullable.GetUnderlyingType(parameter.ParameterInfo.ParameterType) ?? parameter.ParameterInfo.ParameterType)
        .Distinct()
        .ShouldBe([typeof(int), typeof(double)], ignoreOrder: true);

    private static void ShouldBlame(Answer answer, string parameter, string wanted) =>
        answer.ShouldBeProblem(422, "E1001").ShouldBlame($"query/{parameter}", $"The value of {parameter} must be {wanted}.", $"{parameter}_invalid");
}
