using KubeSentiment.Pipeline;

namespace KubeSentiment.CommandLine.Evaluation;

/// <summary>Which of the model's labels a file means by its own.</summary>
/// <remarks>
/// In this order: what <c>--map</c> says; the label's name in any case; a usual spelling of negative, neutral or positive; a number. Files with 0 and 1 and no other number mean negative and
/// positive, although 1 is the neutral label's id in a model of three. Where -1 is among the numbers they are a scale: negative, 0 neutral, 1 positive. Where the
/// model's labels are 1 star, 2 stars and so on, and 0 is not among the numbers, they are the stars. All other numbers are the labels' ids.
/// </remarks>
internal sealed class LabelMap
{
    private static readonly string[][] Spellings =
    [
        ["negative", "neg", "n", "bad"],
        ["neutral", "neu", "mixed"],
        ["positive", "pos", "p", "good"],
    ];

    // What the numbers of a file mean, from the smallest on.
    private static readonly string[] Binary = ["negative", "positive"];
    private static readonly string[] Scale = ["negative", "neutral", "positive"];

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
        var (first, names) = Numbers(values, labels);
        List<string> unknown = [];
        foreach (var value in values)
        {
            if (Meaning(value, labels, given, first, names) is { } label)
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
                $"What do the labels {string.Join(", ", unknown.Select(value => $"'{value}'"))} mean? The model's are {string.Join(", ", labels)}: "
                + $"say so with --map, such as --map \"{unknown[0]}={labels[0]}\".");
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

    /// <summary>The smallest number that a file may have, and the labels that it and the following ones mean.</summary>
    private static (int First, IReadOnlyList<string> Names) Numbers(IEnumerable<string> values, IReadOnlyList<string> labels)
    {
        int[] numbers = [.. values.Select(value => int.TryParse(value, out var number) ? number : (int?)null).OfType<int>()];
        return numbers.Contains(-1) ? (-1, Scale)
            : Array.TrueForAll(numbers, number => number is 0 or 1) && Knows(Binary) ? (0, Binary)
            : !numbers.Contains(0) && CountFromOne(labels) ? (1, labels)
            : (0, labels);

        bool Knows(string[] names) => Array.TrueForAll(names, name => labels.Contains(name, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Whether the labels are called 1 star, 2 stars and so on.</summary>
    private static bool CountFromOne(IReadOnlyList<string> labels) => labels.Select((label, id) => label.StartsWith($"{id + 1} ", StringComparison.Ordinal)).All(counts => counts);

    private static string? Meaning(string value, IReadOnlyList<string> labels, IReadOnlyDictionary<string, string> given, int first, IReadOnlyList<string> names)
    {
        if (given.TryGetValue(value, out var said))
        {
            return Named(said);
        }

        if (Named(value) is { } same)
        {
            return same;
        }

        if (int.TryParse(value, out var number))
        {
            return number >= first && number < first + names.Count ? Named(names[number - first]) : null;
        }

        return Spellings.FirstOrDefault(spelling => spelling.Contains(value, StringComparer.OrdinalIgnoreCase)) is [var name, ..] ? Named(name) : null;

        string? Named(string label) => labels.FirstOrDefault(candidate => string.Equals(candidate, label, StringComparison.OrdinalIgnoreCase));
    }
}
