using System.Diagnostics;
using KubeSentiment.Load;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSentiment.Tests.Load;

/// <summary>CPU and memory are measured wherever the process runs.</summary>
public sealed class UsageReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cgroup-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(false, "cgroup.controllers")]
    [InlineData(true, "cgroup.controllers", "memory.current")]
    [InlineData(true, "memory/memory.usage_in_bytes")]
    [InlineData(false, "memory/memory.usage_in_bytes", "memory/release_agent")]
    [InlineData(false, "unified/cgroup.controllers")]
    public void IsInContainer_ByTheFilesOfTheControlGroup(bool inContainer, params string[] files)
    {
        foreach (var file in files)
        {
            var path = Path.Combine(_folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "0");
        }

        UsageReader.IsInContainer(_folder).ShouldBe(inContainer);
    }

    [Fact]
    public void Read_Here_GivesShares()
    {
        using var reader = new UsageReader(UsageReader.ControlGroups, TimeProvider.System, NullLogger<UsageReader>.Instance);

        ShouldBeShares(reader.Read());
        ShouldBeShares(reader.Read());
    }

    [Fact]
    public void Read_NoControlGroup_MeasuresTheProcess()
    {
        using var reader = new UsageReader(Path.Combine(_folder, "missing"), TimeProvider.System, NullLogger<UsageReader>.Instance);
        reader.Read();

        Burn(TimeSpan.FromMilliseconds(100));

        var usage = reader.Read();
        usage.Cpu.ShouldBeGreaterThan(0);
        ShouldBeShares(usage);
        usage.Memory.ShouldBe((double)Environment.WorkingSet / GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, 0.2);
    }

    private static void ShouldBeShares(ResourceUsage usage)
    {
        usage.Cpu.ShouldBeInRange(0, 1);
        usage.Memory.ShouldBeInRange(0.000_001, 1);
    }

    private static void Burn(TimeSpan cpu)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < cpu)
        {
            Thread.SpinWait(1_000);
        }
    }
}
