using System.Diagnostics.Metrics;
using KubeSentiment.Resilience;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Resilience;

/// <summary>One breaker a dependency, with the settings' limits, seen in metrics.</summary>
public sealed class CircuitBreakersTests : IDisposable
{
    private readonly ServiceProvider _provider = new ServiceCollection()
        .AddLogging()
        .AddMetrics()
        .AddSingleton<TimeProvider>(new FakeTimeProvider())
        .AddSingleton(new ResilienceOptions { FailureThreshold = 2, RecoveryTimeout = TimeSpan.FromSeconds(30) })
        .AddResilience()
        .BuildServiceProvider();

    private readonly List<string> _measured = [];

    public void Dispose() => _provider.Dispose();

    [Fact]
    public void Get_SameName_IsTheSameBreaker()
    {
        var breakers = _provider.GetRequiredService<CircuitBreakers>();

        breakers.Get(CircuitBreakers.Redis).ShouldBeSameAs(breakers.Get("redis"));
        breakers.Get(CircuitBreakers.Model).FailureThreshold.ShouldBe(2);
        breakers.Get(CircuitBreakers.Model).RecoveryTimeout.ShouldBe(TimeSpan.FromSeconds(30));
        breakers.All.Select(breaker => breaker.Name).ShouldBe(["model", "redis"]);
    }

    [Fact]
    public void TryGet_UnknownName_MakesNone()
    {
        var breakers = _provider.GetRequiredService<CircuitBreakers>();

        breakers.TryGet("nobody", out _).ShouldBeFalse();

        breakers.All.ShouldBeEmpty();
    }

    [Fact]
    public void Metrics_OfAnOpenedBreaker_ShowStateTransitionsAndRejections()
    {
        var breaker = _provider.GetRequiredService<CircuitBreakers>().Get(CircuitBreakers.Kafka);
        using var listener = Listen();

        for (var i = 0; i < 2; i++)
        {
            breaker.TryEnter(out var call);
            call.Failed();
        }

        breaker.TryEnter(out _).ShouldBeFalse();
        listener.RecordObservableInstruments();

        _measured.ShouldContain("sentiment_circuit_breaker_transitions 1 name=kafka,state=open");
        _measured.ShouldContain("sentiment_circuit_breaker_state 2 name=kafka");
        _measured.ShouldContain("sentiment_circuit_breaker_rejected 1 name=kafka");
    }

    private MeterListener Listen()
    {
        var meters = _provider.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                // Meters of other tests have the same name, not the same scope.
                if (ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        return listener;

        void Note(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var labels = string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
            _measured.Add($"{instrument.Name} {value} {labels}");
        }
    }
}
