using KubeSentiment.CommandLine;

namespace KubeSentiment.Tests.CommandLine;

/// <summary>The service is what runs unless another command is named.</summary>
public sealed class ServeCommandTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("serve", "")]
    [InlineData("serve --Service:Port=80", "--Service:Port=80")]
    [InlineData("--Service:Port=80", "--Service:Port=80")]
    [InlineData("--Service:Port 80", "--Service:Port 80")]
    [InlineData("Service:Port=80", "Service:Port=80")]
    [InlineData("/Service:Port=80", "/Service:Port=80")]
    [InlineData("--environment=Development --Service:Port 80", "--environment=Development --Service:Port 80")]
    public void ArgumentsIn_NoOtherCommand_AreTheServices(string arguments, string expected) =>
        ServeCommand.ArgumentsIn(Split(arguments)).ShouldBe(Split(expected));

    [Theory]
    [InlineData("score a.csv")]
    [InlineData("predict --help")]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--version")]
    [InlineData("serve --help")]
    [InlineData("sevre")]
    [InlineData("--port 21004")]
    [InlineData("--port=21004")]
    [InlineData("serve extra")]
    [InlineData("serve Service:Port 80")]
    [InlineData("--Service:Port")]
    public void ArgumentsIn_AnotherCommand_AreNotTheServices(string arguments) => ServeCommand.ArgumentsIn(Split(arguments)).ShouldBeNull();

    private static string[] Split(string arguments) => arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
