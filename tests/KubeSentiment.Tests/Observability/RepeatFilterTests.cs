using Confluent.Kafka;
using KubeSentiment.Observability;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Observability;

/// <summary>Which of the errors that clients repeat while a broker is away are told.</summary>
public sealed class RepeatFilterTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RepeatFilter<ErrorCode> _filter;

    public RepeatFilterTests() => _filter = new RepeatFilter<ErrorCode>(_time);

    [Fact]
    public void IsNews_ComesEverySecond_IsToldFirstAndThenOnceAMinute()
    {
        List<(int Second, int LeftOut)> told = [];
        for (var second = 0; second <= 120; second++)
        {
            if (_filter.IsNews(ErrorCode.Local_Transport, out var leftOut))
            {
                told.Add((second, leftOut));
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        told.ShouldBe([(0, 0), (60, 59), (120, 59)]);
    }

    [Fact]
    public void IsNews_AnotherKind_IsTold()
    {
        _filter.IsNews(ErrorCode.Local_Transport, out _).ShouldBeTrue();

        _filter.IsNews(ErrorCode.Local_AllBrokersDown, out _).ShouldBeTrue();
    }

    [Fact]
    public void IsNews_AgainAfterAQuietTime_IsTold()
    {
        _filter.IsNews(ErrorCode.Local_Transport, out _).ShouldBeTrue();
        _filter.IsNews(ErrorCode.Local_Transport, out _).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(31));

        _filter.IsNews(ErrorCode.Local_Transport, out var leftOut).ShouldBeTrue();

        leftOut.ShouldBe(1);
    }
}
