using KubeSentiment.Api.Sockets;

namespace KubeSentiment.Tests.Api.Sockets;

/// <summary>Connections leave files for the rest of the process.</summary>
public sealed class OpenFilesTests
{
    [Theory]
    [InlineData("1048576", 1_048_064)]
    [InlineData("1024", 512)]
    [InlineData("300", 16)]
    [InlineData("unlimited", long.MaxValue)]
    public void ForConnections_OfALimit_LeavesSome(string limit, long expected)
    {
        string[] limits =
        [
            "Limit                     Soft Limit           Hard Limit           Units     ",
            "Max processes             63229                63229                processes ",
            $"Max open files            {limit,-20} 1048576              files     ",
        ];

        OpenFiles.ForConnections(limits).ShouldBe(expected);
    }

    [Fact]
    public void ForConnections_SystemTellsNone_IsNoLimit() => OpenFiles.ForConnections([]).ShouldBe(long.MaxValue);

    [Fact]
    public void ForConnections_OfThisProcess_AreSome() => OpenFiles.ForConnections().ShouldBeGreaterThan(0);
}
