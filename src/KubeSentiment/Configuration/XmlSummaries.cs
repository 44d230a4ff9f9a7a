using System.Reflection;
using System.Xml.Linq;

namespace KubeSentiment.Configuration;

/// <summary>Summaries of types and properties as Markdown, from the documentation file that the compiler writes beside the program.</summary>
internal sealed class XmlSummaries(XDocument document)
{
    private readonly Dictionary<string, XElement> _summaries = document.Descendants("member")
        .Where(member => member.Element("summary") is not null)
        .ToDictionary(member => (string)member.Attribute("name")!, member => member.Element("summary")!);

    public static XmlSummaries OfProgram() =>
        new(XDocument.Load(Path.Combine(AppContext.BaseDirectory, $"{typeof(XmlSummaries).Assembly.GetName().Name}.xml")));

    /// <summary>The summary on one line, or an empty text.</summary>
    public string Of(MemberInfo member)
    {
        var id = member is Type type ? $"T:{type.FullName}" : $"P:{member.DeclaringType!.FullName}.{member.Name}";
        return _summaries.TryGetValue(id, out var summary) ? OneLine(string.Concat(summary.Nodes().Select(Markdown))) : "";
    }

    private static string Markdown(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see => $"`{((string?)see.Attribute("cref") ?? (string?)see.Attribute("langword") ?? "").Split('.', ':')[^1]}`",
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement other => other.Value,
        _ => "",
    };

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
