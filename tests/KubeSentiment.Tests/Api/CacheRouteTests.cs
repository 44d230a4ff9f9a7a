namespace KubeSentiment.Tests.Api;

/// <summary>The cache, changed over HTTP.</summary>
public sealed class CacheRouteTests
{
    [Theory]
    [InlineData("a*b")]
    [InlineData("")]
    [InlineData("a:b")]
    public async Task Clear_WhatIsNoNamespace_Is422ThatSaysWhatIs(string name)
    {
        await using var service = TestService.With(("Api:ApiKey", "key"));

        var answer = await service.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/cache?namespace={name}"), ("X-API-Key", "key"));

        answer.ShouldBeProblem(422, "E1001")
            .ShouldBlame("query/namespace", "The namespace must be 1 to 64 letters, digits, dots, hyphens and underscores.", "namespace_invalid");
    }
}
