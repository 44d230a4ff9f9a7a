using CsCheck;
using KubeSentiment.Resilience;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Resilience;

/// <summary>Random histories of a breaker, compared step by step with a model that is too simple to be wrong.</summary>
public sealed class CircuitBreakerModelTests
{
    private const int Threshold = 3;
    private const int Recovery = 10;

    private enum Step
    {
        Enter,
        Succeed,
        Fail,
        Abandon,
        Pass,
        Reset,
    }

    [Fact]
    public void Breaker_RandomHistory_DoesWhatTheModelDoes() =>
        Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 11]).List[1, 60].Sample(steps =>
        {
            var time = new FakeTimeProvider();
            var breaker = new CircuitBreaker("model", Threshold, TimeSpan.FromSeconds(Recovery), time);
            var model = new Model();
            var calls = new List<(CircuitCall Real, int Generation)>();

            foreach (var (step, n) in steps)
            {
                switch (step)
                {
                    case Step.Enter:
                        var entered = breaker.TryEnter(out var call);
                        entered.ShouldBe(model.Enter());
                        if (entered)
                        {
                            calls.Add((call, model.Generation));
                        }

                        break;
                    case Step.Pass:
                        time.Advance(TimeSpan.FromSeconds(n));
                        model.Now += n;
                        break;
                    case Step.Reset:
                        breaker.Reset();
                        model.Reset();
                        break;
                    default:
                        Report(step, n);
                        break;
                }

                breaker.State.ShouldBe(model.State);
                breaker.Snapshot().ConsecutiveFailures.ShouldBe(model.Failures);
            }

            // Any earlier call may report, late or out of order.
            void Report(Step step, int n)
            {
                if (calls.Count == 0)
                {
                    return;
                }

                var (real, generation) = calls[n % calls.Count];
                calls.RemoveAt(n % calls.Count);
                switch (step)
                {
                    case Step.Succeed:
                        real.Succeeded();
                        break;
                    case Step.Fail:
                        real.Failed();
                        break;
                    default:
                        real.Abandoned();
                        break;
                }

                model.Report(step, generation);
            }
        });

    private sealed class Model
    {
        private int? _blockedUntil;

        public int Now { get; set; }

        public int Generation { get; private set; }

        public int Failures { get; private set; }

        public CircuitState State { get; private set; }

        public bool Enter()
        {
            if (State == CircuitState.Closed)
            {
                return true;
            }

            if (Now < _blockedUntil)
            {
                return false;
            }

            Begin(CircuitState.HalfOpen, Now + Recovery);
            return true;
        }

        public void Report(Step step, int generation)
        {
            if (generation != Generation)
            {
                return;
            }

            switch (step)
            {
                case Step.Succeed:
                    Failures = 0;
                    if (State == CircuitState.HalfOpen)
                    {
                        Begin(CircuitState.Closed, null);
                    }

                    break;
                case Step.Fail:
                    Failures++;
                    if (State == CircuitState.HalfOpen || Failures == Threshold)
                    {
                        Begin(CircuitState.Open, Now + Recovery);
                    }

                    break;
                case Step.Abandon when State == CircuitState.HalfOpen:
                    Begin(CircuitState.HalfOpen, null);
                    break;
            }
        }

        public void Reset()
        {
            Failures = 0;
            Begin(CircuitState.Closed, null);
        }

        private void Begin(CircuitState state, int? blockedUntil)
        {
            Generation++;
            State = state;
            _blockedUntil = blockedUntil;
        }
    }
}
