using CsCheck;
using KubeSentiment.Load;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Load;

/// <summary>Random interleavings at the gate, compared step by step with a model made of lists.</summary>
public sealed class AdmissionModelTests
{
    private const int Limit = 4;
    private const int MaxQueue = 6;
    private const int MaxWait = 7;
    private const int Share = 250;
    private const int LimitInOverload = 2;
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(5);

    private enum Step
    {
        TryEnter,
        Enter,
        Release,
        ReleaseAgain,
        Cancel,
        Pass,
    }

    private enum End
    {
        Waiting,
        Inside,
        Refused,
        Cancelled,
        Gone,
    }

    [Fact]
    public async Task Gate_RandomHistory_DoesWhatTheModelDoes() =>
        await Gen.Select(Gen.Enum<Step>(), Gen.Int[1, 6], Gen.Int[0, 1_000]).List[1, 60].SampleAsync(async steps =>
        {
            var time = new FakeTimeProvider();
            using var gate = Gates.Gate(
                time, Limit, MaxQueue, TimeSpan.FromMilliseconds(MaxWait), TimeSpan.FromMilliseconds(MaxWait), Burst, Share / 1_000.0, LimitInOverload);
            var model = new Model(time);
            List<(Task<Admission> Entry, CancellationTokenSource Cancellation)> real = [];

            foreach (var (step, texts, pick) in steps)
            {
                switch (step)
                {
                    case Step.TryEnter or Step.Enter:
                        var cancellation = new CancellationTokenSource();
                        var entry = step == Step.TryEnter ? gate.TryEnterAsync(texts, cancellation.Token) : gate.EnterAsync(texts, cancellation.Token);
                        real.Add((entry.AsTask(), cancellation));
                        model.Enter(texts, interactive: step == Step.TryEnter);
                        break;
                    case Step.Release when model.Any(End.Inside, pick) is { } i:
                        (await real[i].Entry.Soon()).Dispose();
                        model.Release(i);
                        break;
                    case Step.ReleaseAgain when model.Any(End.Gone, pick) is { } i:
                        (await real[i].Entry.Soon()).Dispose();
                        break;
                    case Step.Cancel when model.Any(End.Waiting, pick) is { } i:
                        await real[i].Cancellation.CancelAsync();
                        model.Cancel(i);
                        break;
                    case Step.Pass:
                        for (var n = 0; n < texts; n++)
                        {
                            time.Advance(TimeSpan.FromMilliseconds(1));
                            model.Expire();
                        }

                        break;
                }

                await Compare();
            }

            // Nobody is lost: once all inside have left and all waiting have given up, the gate is as new.
            for (var i = 0; i < real.Count; i++)
            {
                await real[i].Cancellation.CancelAsync();
                if (model[i] is End.Waiting)
                {
                    model.Cancel(i);
                }
            }

            while (model.Any(End.Inside, 0) is { } i)
            {
                (await real[i].Entry.Soon()).Dispose();
                model.Release(i);
            }

            await Compare();
            (gate.Active, gate.Queued, gate.QueuedInBackground).ShouldBe((0, 0, 0));
            (await gate.TryEnterAsync(Limit, CancellationToken.None)).IsAdmitted.ShouldBeTrue();

            async Task Compare()
            {
                gate.Active.ShouldBe(model.Active);
                gate.Queued.ShouldBe(model.Queued(interactive: true));
                gate.QueuedInBackground.ShouldBe(model.Queued(interactive: false));
                for (var i = 0; i < real.Count; i++)
                {
                    switch (model[i])
                    {
                        case End.Waiting:
                            real[i].Entry.IsCompleted.ShouldBeFalse();
                            break;
                        case End.Cancelled:
                            await Should.ThrowAsync<OperationCanceledException>(() => real[i].Entry.Soon());
                            break;
                        default:
                            (await real[i].Entry.Soon()).IsAdmitted.ShouldBe(model[i] is End.Inside or End.Gone);
                            break;
                    }
                }
            }
        }, iter: 2_000);

    /// <summary>What the gate should do, in lists. The pace is the gate's own type, tested by itself, and told the same.</summary>
    private sealed class Model(FakeTimeProvider time)
    {
        private readonly LinePace _pace = new(time, Burst);
        private readonly List<Caller> _callers = [];
        private int _credit;
        private int _open = Limit;

        public int Active => _callers.Where(caller => caller.End == End.Inside).Sum(caller => caller.Weight);

        private IEnumerable<Caller> Interactive => Line(interactive: true);

        private IEnumerable<Caller> Background => Line(interactive: false);

        private long Now => time.GetTimestamp();

        public End this[int i] => _callers[i].End;

        public int Queued(bool interactive) => Line(interactive).Sum(caller => caller.Weight);

        public int? Any(End end, int pick)
        {
            var found = _callers.Index().Where(caller => caller.Item.End == end).Select(caller => caller.Index).ToList();
            return found.Count == 0 ? null : found[pick % found.Count];
        }

        public void Enter(int texts, bool interactive)
        {
            var caller = new Caller(Math.Min(texts, Limit), interactive, Now);
            if (!Interactive.Any() && !Background.Any() && Active + caller.Weight <= Limit && Active < _open)
            {
                caller.End = End.Inside;
                _callers.Add(caller);
                return;
            }

            if (interactive && !Interactive.Any())
            {
                _pace.Begin(Now);
            }

            _callers.Add(caller);
            LetIn();
            var ahead = Queued(interactive: true) - caller.Weight;
            if (interactive && caller.End == End.Waiting
                && (ahead + caller.Weight > MaxQueue || _pace.TimeFor(ahead) > TimeSpan.FromMilliseconds(MaxWait)))
            {
                Leave(caller, End.Refused);
            }
        }

        public void Release(int i)
        {
            _callers[i].End = End.Gone;
            LetIn();
        }

        public void Cancel(int i)
        {
            Leave(_callers[i], End.Cancelled);
            LetIn();
        }

        public void Expire()
        {
            foreach (var caller in Interactive.Where(caller => time.GetElapsedTime(caller.Since) >= TimeSpan.FromMilliseconds(MaxWait)).ToList())
            {
                Leave(caller, End.Refused);
            }

            LetIn();
        }

        private IEnumerable<Caller> Line(bool interactive) => _callers.Where(caller => caller.End == End.Waiting && caller.Interactive == interactive);

        private void LetIn()
        {
            while (true)
            {
                var next = (Interactive.FirstOrDefault(), Background.FirstOrDefault()) switch
                {
                    (null, var caller) => caller,
                    (var caller, null) => caller,
                    var (interactive, background) => _credit >= background.Weight * (1_000 - Share) ? background : interactive,
                };
                if (next is null)
                {
                    return;
                }

                if (Interactive.Any())
                {
                    Open();
                }

                if (Active + next.Weight > Limit || (Active >= _open && Interactive.Any()))
                {
                    return;
                }

                _credit += next.Interactive ? next.Weight * Share : -next.Weight * (1_000 - Share);
                if (next.Interactive)
                {
                    _pace.Count(next.Weight, Now);
                }

                Leave(next, End.Inside);
            }
        }

        private void Open() => _open = _pace.IsOverload(Now) ? LimitInOverload : Limit;

        private void Leave(Caller caller, End end)
        {
            caller.End = end;
            if (caller.Interactive && !Interactive.Any())
            {
                Open();
                _pace.End(Now);
            }

            _credit = Background.Any() ? Math.Max(0, _credit) : 0;
        }

        private sealed class Caller(int weight, bool interactive, long since)
        {
            public int Weight { get; } = weight;

            public bool Interactive { get; } = interactive;

            public long Since { get; } = since;

            public End End { get; set; }
        }
    }
}
