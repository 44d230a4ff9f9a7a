namespace KubeSentiment.Configuration;

/// <summary>Marks an options type whose settings live under <paramref name="section"/> in appsettings.json; the catalog finds it by this mark.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class SettingsAttribute(string section) : Attribute
{
    public string Section { get; } = section;
}
