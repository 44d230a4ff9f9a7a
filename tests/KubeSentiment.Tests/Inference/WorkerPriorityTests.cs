using KubeSentiment.Inference;

namespace KubeSentiment.Tests.Inference;

/// <summary>What the kernel says of the workers' niceness and of their turns.</summary>
public sealed class WorkerPriorityTests
{
    /// <summary>In /proc/thread-self/stat, counted from the state, which follows the name in brackets.</summary>
    private const int NicenessField = 16;

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
        var before = WorkerPriority.Turn();
        Assert.SkipWhen(before == 0, "Turns belong to a thread since Linux 6.12 only.");
        var own = 0UL;
        var thread = new Thread(() =>
        {
            WorkerPriority.StepBack(niceness);
            own = WorkerPriority.Turn();
        });

        thread.Start();
        thread.Join();

        own.ShouldBe(isLong ? 100_000_000 : before);
        WorkerPriority.Turn().ShouldBe(before);
    }

    private static int Niceness() => int.Parse(File.ReadAllText("/proc/thread-self/stat").Split(") ")[^1].Split(' ')[NicenessField]);
}
