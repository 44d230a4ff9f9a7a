using KubeSentiment.Load;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Load;

/// <summary>A burst may wait; in an overload whoever would wait long is refused at once.</summary>
public sealed class AdmissionOverloadTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private readonly FakeTimeProvider _time = new();
    private readonly Queue<Task<Admission>> _entries = new();

    [Fact]
    public async Task TryEnter_Burst_WaitsBeyondTheTarget()
    {
        using var gate = Gate();
        await Fill(gate, 40);

        // One text each 10 ms: forty in line are 400 ms.
        await Serve(gate, 8);

        Enter(gate).IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task TryEnter_Overload_IsRefusedAtOnceWithAnEstimate()
    {
        using var gate = Gate();
        await Fill(gate, 400);
        await Serve(gate, 12);

        var refused = await Enter(gate).Soon();

        refused.Refusal.ShouldBe(AdmissionRefusal.TooLongToWait);
        refused.Waited.ShouldBe(TimeSpan.Zero);
        refused.RetryAfter.TotalSeconds.ShouldBe(3.88, 0.1);
        gate.ShouldAccept().ShouldBeFalse();
    }

    /// <summary>As the door does, and without standing in the line.</summary>
    [Fact]
    public async Task TryRefuse_Overload_SaysWhatTheDoorSays()
    {
        using var gate = Gate();
        await Fill(gate, 400);
        gate.TryRefuse(out _).ShouldBeFalse();
        await Serve(gate, 12);

        gate.TryRefuse(out var refused).ShouldBeTrue();

        var atTheDoor = await Enter(gate).Soon();
        (refused.Refusal, refused.RetryAfter, refused.Waited, refused.IsAdmitted).ShouldBe((atTheDoor.Refusal, atTheDoor.RetryAfter, TimeSpan.Zero, false));
        (gate.Queued, gate.Active).ShouldBe((388, 1));
    }

    [Fact]
    public async Task TryRefuse_RoomOrAShortLine_LeavesItToTheDoor()
    {
        using var gate = Gate();
        gate.TryRefuse(out _).ShouldBeFalse();
        await Fill(gate, 14);
        await Serve(gate, 12);

        gate.TryRefuse(out _).ShouldBeFalse();
        (gate.Queued, gate.Active).ShouldBe((2, 1));
    }

    [Fact]
    public async Task TryEnter_OverloadButAShortLine_Waits()
    {
        using var gate = Gate();
        await Fill(gate, 14);
        await Serve(gate, 12);
        gate.Queued.ShouldBe(2);

        Enter(gate).IsCompleted.ShouldBeFalse();
    }

    [Theory]
    [InlineData(8, false)]
    [InlineData(7, true)]
    public async Task TryEnter_OverloadAndABatch_WaitsAsLongAsItsOwnTextsTake(int texts, bool isRefused)
    {
        // One text each 10 ms, eight of them ahead: 80 ms.
        using var gate = Gates.Gate(
            _time, limit: 10, queue: 1_000, maxWait: TimeSpan.FromSeconds(10), targetWait: TimeSpan.FromMilliseconds(20), burst: TimeSpan.FromMilliseconds(100));
        using var rest = await gate.TryEnterAsync(9, CancellationToken.None);
        await Fill(gate, 20);
        await Serve(gate, 12);
        gate.Queued.ShouldBe(8);

        var entry = gate.TryEnterAsync(texts, CancellationToken.None).AsTask();

        entry.IsCompleted.ShouldBe(isRefused);
    }

    [Fact]
    public async Task TryEnter_AfterACalm_IsABurstAgain()
    {
        using var gate = Gate();
        await Fill(gate, 12);
        await Serve(gate, 12);
        gate.Queued.ShouldBe(0);
        _time.Advance(TimeSpan.FromMilliseconds(101));

        var entries = Enumerable.Range(0, 50).Select(_ => Enter(gate)).ToList();

        entries.ShouldAllBe(entry => !entry.IsCompleted);
    }

    [Fact]
    public async Task TryEnter_LineEmptyForAMoment_IsStillTheSameOverload()
    {
        using var gate = Gate();
        await Fill(gate, 12);
        await Serve(gate, 12);
        _time.Advance(TimeSpan.FromMilliseconds(99));

        // At 10 ms a text, the third ahead makes 30 ms.
        Enter(gate).IsCompleted.ShouldBeFalse();
        Enter(gate).IsCompleted.ShouldBeFalse();
        Enter(gate).IsCompleted.ShouldBeFalse();
        (await Enter(gate).Soon()).Refusal.ShouldBe(AdmissionRefusal.TooLongToWait);
    }

    [Fact]
    public async Task TryEnter_Overload_KeepsAcceptedWaitsShortAndTheGateFull()
    {
        using var gate = Gate();
        await Fill(gate, 0);
        List<TimeSpan> waits = [];
        var refused = 0;

        // Three arrivals for each text that is served, for ten seconds.
        for (var i = 0; i < 1_000; i++)
        {
            for (var n = 0; n < 3; n++)
            {
                var entry = Enter(gate);
                if (entry.IsCompleted)
                {
                    (await entry.Soon()).IsAdmitted.ShouldBeFalse();
                    refused++;
                }
                else
                {
                    _entries.Enqueue(entry);
                }
            }

            waits.AddRange(await Serve(gate, 1));
            gate.Active.ShouldBe(1);
        }

        waits.Count.ShouldBe(1_000);
        refused.ShouldBeGreaterThan(1_900);
        waits.Skip(100).Max().ShouldBeLessThanOrEqualTo(TimeSpan.FromMilliseconds(40));
    }

    [Fact]
    public async Task TryEnter_Overload_IsLetInOnceFewerAreInHand()
    {
        using var gate = GateOfTen();
        var inside = await Inside(gate, 10);
        var waiting = Enumerable.Range(0, 10).Select(_ => Enter(gate)).ToList();

        // In a burst each that leaves makes room for one.
        inside[0].Dispose();
        gate.Active.ShouldBe(10);

        _time.Advance(TimeSpan.FromMilliseconds(101));
        inside[1..7].ForEach(admission => admission.Dispose());
        gate.Active.ShouldBe(4);
        (gate.Queued, waiting[1].IsCompleted).ShouldBe((9, false));

        inside[7].Dispose();
        gate.Active.ShouldBe(4);
        (await waiting[1].Soon()).IsAdmitted.ShouldBeTrue();
    }

    /// <summary>The line may be empty for a moment: newcomers must not fill the gate then.</summary>
    [Fact]
    public async Task TryEnter_OverloadWithoutALine_StaysBelowItsLimit()
    {
        using var gate = GateOfTen();
        await OverloadUntilNobodyWaits(gate);
        (gate.Active, gate.Queued).ShouldBe((4, 0));

        Enter(gate).IsCompleted.ShouldBeFalse();
        gate.Active.ShouldBe(4);
    }

    [Fact]
    public async Task TryEnter_AfterTheOverload_FillsTheWholeGate()
    {
        using var gate = GateOfTen();
        await OverloadUntilNobodyWaits(gate);
        _time.Advance(TimeSpan.FromMilliseconds(101));

        gate.ShouldAccept(6).ShouldBeTrue();
        (await gate.TryEnterAsync(6, CancellationToken.None).AsTask().Soon()).IsAdmitted.ShouldBeTrue();
        gate.Active.ShouldBe(10);
    }

    [Fact]
    public async Task Enter_BackgroundAlone_GetsTheWholeGateAllTheSame()
    {
        using var gate = GateOfTen();
        await OverloadUntilNobodyWaits(gate);

        (await gate.EnterAsync(6, CancellationToken.None).AsTask().Soon()).IsAdmitted.ShouldBeTrue();
    }

    /// <summary>A batch of more texts than that enters as soon as one would: it is not kept out for being large.</summary>
    [Fact]
    public async Task TryEnter_OverloadAndALargeBatch_IsLetIn()
    {
        using var gate = GateOfTen();
        var inside = await Inside(gate, 10);
        var waiting = gate.TryEnterAsync(7, CancellationToken.None).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(101));

        inside[..7].ForEach(admission => admission.Dispose());

        (await waiting.Soon()).IsAdmitted.ShouldBeTrue();
        gate.Active.ShouldBe(10);
    }

    /// <summary>Ten at once, four in an overload.</summary>
    private AdmissionController GateOfTen() => Gates.Gate(_time, limit: 10, queue: 1_000, burst: TimeSpan.FromMilliseconds(100), overload: 4);

    /// <summary>Of ten in hand seven leave, and the one that waited for longer than a burst is let in: four are left, and no line.</summary>
    private async Task OverloadUntilNobodyWaits(AdmissionController gate)
    {
        var inside = await Inside(gate, 10);
        var waiting = Enter(gate);
        _time.Advance(TimeSpan.FromMilliseconds(101));
        inside[..7].ForEach(admission => admission.Dispose());
        (await waiting.Soon()).IsAdmitted.ShouldBeTrue();
    }

    private static async Task<List<Admission>> Inside(AdmissionController gate, int texts)
    {
        List<Admission> inside = [];
        for (var i = 0; i < texts; i++)
        {
            inside.Add(await Enter(gate).Soon());
        }

        return inside;
    }

    private AdmissionController Gate() => Gates.Gate(
        _time, limit: 1, queue: 1_000, maxWait: TimeSpan.FromSeconds(10), targetWait: TimeSpan.FromMilliseconds(20), burst: TimeSpan.FromMilliseconds(100));

    private static Task<Admission> Enter(AdmissionController gate) => gate.TryEnterAsync(1, CancellationToken.None).AsTask();

    private async Task Fill(AdmissionController gate, int waiting)
    {
        _inside = await Enter(gate);
        for (var i = 0; i < waiting; i++)
        {
            _entries.Enqueue(Enter(gate));
        }
    }

    /// <summary>Finishes one text each step.</summary>
    private async Task<List<TimeSpan>> Serve(AdmissionController gate, int texts)
    {
        List<TimeSpan> waits = [];
        for (var i = 0; i < texts; i++)
        {
            _time.Advance(Step);
            _inside.Dispose();
            _inside = await _entries.Dequeue().Soon();
            _inside.IsAdmitted.ShouldBeTrue();
            waits.Add(_inside.Waited);
        }

        return waits;
    }

    private Admission _inside;
}
