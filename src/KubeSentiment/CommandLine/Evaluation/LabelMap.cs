using KubeSentiment.Pipeline;

namespace KubeSentiment.CommandLine.Evaluation;

/// <summary>Which of the model's labels a file means by its own.</summary>
/// <remarks>
/// In this order: what <c>--map</c> says; the label's name in any case; a usual spelling of negative, neutral or positive; a number, as the label's id. Files with 0 and 1 and no other number mean
/// negative and positive, although 1 is the neutral label's id in a model of three.
/// </remarks>
internal sealed class LabelMap
{
    private static readonly string[][] Spellings =
    [
        ["negative", "neg", "-1", "n", "bad"],
        ["neutral", "neu", "mixed"],
        ["positive", "pos", "+1", "p", "good"],
    ];

    private readonly Dictionary<string, string> _labels = new(StringComparer.OrdinalIgnoreCase);

    private LabelMap(IReadOnlyList<string> labels) => Classes = labels;

    /// <summary>The classes that are compared, in the model's order.</summary>
    public IReadOnlyList<string> Classes { get; private set; }

    /// <summary>The file's labels and what they mean.</summary>
    public IReadOnlyDictionary<string, string> Labels => _labels;

    /// <summary>Index of the class that a label of the file means.</summary>
    public int ClassOf(string value)
    {
        var label = _labels[value.Trim()];
        return Classes.TakeWhile(candidate => candidate != label).Count();
    }

    /// <summary>A prediction beside what the file says.</summary>
    public LabelledPrediction Judge(Prediction prediction, string value) => LabelledPrediction.Of(ClassOf(value), [.. Classes.Select(label => prediction.Scores[label])]);

    /// <summary>Maps the labels of a file.</summary>
    /// <param name="values">The different labels in the file.</param>
    /// <param name="labels">The model's.</param>
    /// <param name="given">What <c>--map</c> says.</param>
    /// <param name="allLabels">Compare all labels of the model, not only those that the file has.</param>
    /// <exception cref="CommandException">A label's meaning is not known.</exception>
    public static LabelMap Of(IReadOnlyCollection<string> values, IReadOnlyList<string> labels, IReadOnlyDictionary<string, string> given, bool allLabels)
    {
        foreach (var (value, label) in given)
        {
            if (!labels.Contains(label, StringComparer.OrdinalIgnoreCase))
            {
                throw CommandException.Usage($"--map {value}={label}: the model has no label '{label}', but {string.Join(", ", labels)}.");
            }
        }

        var map = new LabelMap(labels);
        var binary = values.Where(value => int.TryParse(value, out _)).All(value => value is "0" or "1");
        List<string> unknown = [];
        foreach (var value in values)
        {
            if (Meaning(value, labels, given, binary) is { } label)
            {
                map._labels[value] = label;
            }
            else
            {
                unknown.Add(value);
            }
        }

        if (unknown.Count > 0)
        {
            throw CommandException.Usage(
                $"What do the labels {string.Join(", ", unknown.Select(value => $"'{value}'"))} mean? The model's are {string.Join(", ", labels)}: say so with --map, such as --map {unknown[0]}={labels[0]}.");
        }

        string[] used = [.. labels.Where(map._labels.ContainsValue)];
        map.Classes = allLabels || used.Length < 2 ? labels : used;
        return map;
    }

    /// <summary>Reads <c>0=NEGATIVE,1=POSITIVE</c>.</summary>
    public static Dictionary<string, string> Parse(string? map)
    {
        var given = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in (map ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = pair.LastIndexOf('=');
            if (at <= 0 || at == pair.Length - 1)
            {
                throw CommandException.Usage($"--map takes pairs such as 0=NEGATIVE,1=POSITIVE; '{pair}' is none.");
            }

            given[pair[..at].Trim()] = pair[(at + 1)..].Trim();
        }

        return given;
    }

    private static string? Meaning(string value, IReadOnlyList<string> labels, IReadOnlyDictionary<string, string> given, bool binary)
    {
        if (given.TryGetValue(value, out var said))
        {
            return Named(said);
        }

        if (Named(value) is { } same)
        {
            return same;
        }

        if (int.TryParse(value, out var id) && id >= 0)
        {
            return binary && Named("negative") is { } negative && Named("positive") is { } positive
                ? id == 0 ? negative : positive
                : id < labels.Count ? labels[id] : null;
        }

        return Spellings.FirstOrDefault(spelling => spelling.Contains(value, StringComparer.OrdinalIgnoreCase)) is [var name, ..] ? Named(name) : null;

        string? Named(string label) => labels.FirstOrDefault(candidate => string.Equals(candidate, label, StringComparison.OrdinalIgnoreCase));
    }
}
