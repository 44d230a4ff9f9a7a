using KubeSentiment.Api.Sockets;

namespace KubeSentiment;

/// <summary>The host that everything is composed on.</summary>
internal static class ServiceHost
{
    /// <summary>
    /// A slim host whose files lie beside the program, wherever it is started from. Settings are read once, so nothing watches the files: in a working
    /// directory with many files the watch alone can take a second.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        Environment.SetEnvironmentVariable(SocketThread.InlineCompletions, "1");
        return WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = ["--hostBuilder:reloadConfigOnChange=false", .. args],
            ContentRootPath = AppContext.BaseDirectory,
        });
    }
}
