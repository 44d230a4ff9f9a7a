using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(KubeSentiment.Tests.Api.TestService))]

namespace KubeSentiment.Tests.Api;

/// <summary>The whole service in this process; as a fixture it is the one with default settings that the tests share.</summary>
public sealed class TestService : WebApplicationFactory<Program>
{
    private readonly Lazy<HttpClient> _client;
    private readonly Dictionary<string, string> _settings = new() { ["Service:LogLevel"] = "ERROR" };

    public TestService() => _client = new(CreateClient);

    /// <summary>Changes what the container holds.</summary>
    internal Action<IServiceCollection> Replace { get; init; } = _ => { };

    /// <summary>A service of its own, with settings as <c>Section:Name</c>.</summary>
    internal static TestService With(params ReadOnlySpan<(string Name, string Value)> settings)
    {
        var service = new TestService();
        service.Set(settings);
        return service;
    }

    internal TestService Set(params ReadOnlySpan<(string Name, string Value)> settings)
    {
        foreach (var (name, value) in settings)
        {
            _settings[name] = value;
        }

        return this;
    }

    internal Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), headers);

    /// <summary>Sends a body as <c>application/json</c>.</summary>
    internal Task<Answer> PostAsync(string path, string body, params (string Name, string Value)[] headers) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")) }, headers);

    internal async Task<Answer> SendAsync(HttpRequestMessage request, params (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using (request)
        {
            return await Answer.ReadAsync(await _client.Value.SendAsync(request, TestContext.Current.CancellationToken));
        }
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        foreach (var (name, value) in _settings)
        {
            builder.UseSetting(name, value);
        }

        builder.ConfigureTestServices(Replace);
    }
}
