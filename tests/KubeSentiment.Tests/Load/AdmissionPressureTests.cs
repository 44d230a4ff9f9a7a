using KubeSentiment.Load;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Load;

/// <summary>How near the line is to refusing, before it refuses.</summary>
public sealed class AdmissionPressureTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private readonly FakeTimeProvider _time = new();
    private readonly Queue<Task<Admission>> _entries = new();

    [Fact]
    public void Pressure_NobodyWaits_IsZero()
    {
        using var gate = Gates.Gate(_time, limit: 1);
        Enter(gate);

        gate.Pressure.ShouldBe(0);
    }

    [Fact]
    public void Pressure_ALine_IsItsShareOfTheLongest()
    {
        using var gate = Gates.Gate(_time, limit: 1, queue: 8);
        for (var i = 0; i < 7; i++)
        {
            Enter(gate);
        }

        gate.Pressure.ShouldBe(0.75);
        Enter(gate);
        Enter(gate);
        gate.Pressure.ShouldBe(1);
    }

    [Fact]
    public async Task Pressure_ASlowLine_IsItsShareOfTheTargetEvenInABurst()
    {
        // One text each 10 ms, at most 100 ms ahead; a burst lasts longer than this test.
        using var gate = Gates.Gate(_time, limit: 1, queue: 1_000, targetWait: TimeSpan.FromMilliseconds(100), burst: TimeSpan.FromSeconds(10));
        for (var i = 0; i < 12; i++)
        {
            Enter(gate);
        }

        for (var served = 0; served < 6; served++)
        {
            _time.Advance(Step);
            (await _entries.Dequeue().Soon()).Dispose();
        }

        gate.Queued.ShouldBe(5);
        gate.Pressure.ShouldBe(0.5, 0.1);
        gate.ShouldAccept().ShouldBeTrue();
    }

    [Fact]
    public void Pressure_NoLineAllowed_IsOneWhileTheGateIsFull()
    {
        using var gate = Gates.Gate(_time, limit: 2, queue: 0);
        Enter(gate);
        gate.Pressure.ShouldBe(0);

        Enter(gate);

        gate.Pressure.ShouldBe(1);
    }

    /// <summary>In an overload the line is short most of the time, and who is let in finds nobody behind it.</summary>
    [Fact]
    public async Task Pressure_AfterARefusal_IsOneForATenthOfASecond()
    {
        using var gate = Gates.Gate(_time, limit: 1, queue: 1);
        Enter(gate);
        Enter(gate);
        Enter(gate);
        (await _entries.Dequeue().Soon()).Dispose();
        (await _entries.Dequeue().Soon()).Dispose();
        (await _entries.Dequeue().Soon()).IsAdmitted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromMilliseconds(99));
        gate.Pressure.ShouldBe(1);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        gate.Pressure.ShouldBe(0);
    }

    private void Enter(AdmissionController gate) => _entries.Enqueue(gate.TryEnterAsync(1, CancellationToken.None).AsTask());
}
