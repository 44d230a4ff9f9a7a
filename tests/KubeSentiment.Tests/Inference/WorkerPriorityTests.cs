using KubeSentiment.Inference;

namespace KubeSentiment.Tests.Inference;

/// <summary>What the kernel says of the workers' niceness.</summary>
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

    private static int Niceness() => int.Parse(File.ReadAllText("/proc/thread-self/stat").Split(") ")[^1].Split(' ')[NicenessField]);
}
