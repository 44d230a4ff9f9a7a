using System.Text;

namespace KubeSentiment.Jobs.Redis;

/// <summary>The steps that must be one: Lua, which Redis runs without anything in between.</summary>
internal static class JobScripts
{
    public static readonly string Reserve = Load("reserve");
    public static readonly string Start = Load("start");
    public static readonly string Take = Load("take");
    public static readonly string Complete = Load("complete");
    public static readonly string Keep = Load("keep");
    public static readonly string GiveBack = Load("give_back");
    public static readonly string Cancel = Load("cancel");
    public static readonly string Bury = Load("bury");
    public static readonly string Sweep = Load("sweep");

    private static string Load(string name) => Text("common") + Text(name);

    private static string Text(string name)
    {
        var resource = $"{typeof(JobScripts).Namespace}.Scripts.{name}.lua";
        using var stream = typeof(JobScripts).Assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"The program lacks its resource {resource}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
