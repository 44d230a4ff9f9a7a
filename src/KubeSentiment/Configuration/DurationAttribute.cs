using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace KubeSentiment.Configuration;

/// <summary>The unit in which a plain number is read as a duration.</summary>
internal enum TimeUnit
{
    Milliseconds,
    Seconds,
}

/// <summary>Bounds a <see cref="TimeSpan"/> option, both ends included, and says which unit its plain numbers have.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DurationAttribute(double minimum, double maximum) : ValidationAttribute
{
    public double Minimum { get; } = minimum;

    public double Maximum { get; } = maximum;

    public TimeUnit Unit { get; init; } = TimeUnit.Seconds;

    public string Allowed => string.Create(CultureInfo.InvariantCulture, $"{Minimum} to {Maximum} {(Unit == TimeUnit.Seconds ? "seconds" : "milliseconds")}");

    private double TicksPerUnit => Unit == TimeUnit.Seconds ? TimeSpan.TicksPerSecond : TimeSpan.TicksPerMillisecond;

    public override bool IsValid(object? value) => value is TimeSpan span && ToNumber(span) >= Minimum && ToNumber(span) <= Maximum;

    public double ToNumber(TimeSpan span) => span.Ticks / TicksPerUnit;

    /// <summary>The duration, or null where a <see cref="TimeSpan"/> cannot hold it.</summary>
    public TimeSpan? FromNumber(double number)
    {
        var ticks = number * TicksPerUnit;
        return Math.Abs(ticks) < TimeSpan.MaxValue.Ticks ? TimeSpan.FromTicks((long)Math.Round(ticks)) : null;
    }
}
