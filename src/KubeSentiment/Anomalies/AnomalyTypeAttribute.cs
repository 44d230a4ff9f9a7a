using KubeSentiment.Configuration;

namespace KubeSentiment.Anomalies;

/// <summary>Allows the names of the types of anomalies.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AnomalyTypeAttribute : TextRuleAttribute
{
    public override string Noun => "a type of anomaly";

    public override string Allowed => string.Join(", ", AnomalyTypes.Names);

    public override bool Holds(string text) => AnomalyTypes.TryParse(text, out _);
}
