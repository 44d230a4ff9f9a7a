using KubeSentiment.Inference;

namespace KubeSentiment.Tests.Inference;

/// <summary>What the kernel says of the workers' niceness and of their turns.</summary>
public sealed class WorkerPriorityTests
{
    /// <summary>In /proc/thread-self/stat, counted from the state, which follows the name in brackets.</summary>
    private const int NicenessField = 16;

    private const string Scheduling = "/proc/thread-self/sched";

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 5)]
    public void StepBack_ThisThread_OnlyItIsNicer(int niceness, int expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Niceness belongs to a thread on Linux only.");
        var before = Niceness();
        var own = -1;
        var thread = new Thread(() =>
        {
            WorkerPriority.StepBack(niceness);
            own = Niceness();
        });

        thread.Start();
        thread.Join();

        own.ShouldBe(Math.Max(before, expected));
        Niceness().ShouldBe(before);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(10, true)]
    public void StepBack_ThisThread_OnlyItsTurnsAreLong(int niceness, bool isLong)
    {
        Assert.SkipUnless(OperatingSystem.IsOSPlatformVersionAtLeast("linux", 6, 12) && File.Exists(Scheduling), $"Turns belong to a thread since Linux 6.12, which says so in {Scheduling}.");
        var before = Turn();
        var own = 0L;
        var thread = new Thread(() =>
        {
            WorkerPriority.StepBack(niceness);
            own = Turn();
        });

        thread.Start();
        thread.Join();

        own.ShouldBe(isLong ? 100_000_000 : before);
        Turn().ShouldBe(before);
    }

    private static long Turn() => long.Parse(File.ReadLines(Scheduling).Single(line => line.StartsWith("se.slice ", StringComparison.Ordinal)).Split(':')[1]);

    private static int Niceness() => int.Parse(File.ReadAllText("/proc/thread-self/stat").Split(") ")[^1].Split(' ')[NicenessField]);
}
