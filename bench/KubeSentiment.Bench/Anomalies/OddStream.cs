using KubeSentiment.Bench.Texts;

namespace KubeSentiment.Bench.Anomalies;

/// <summary>Real texts in random order with odd ones planted among them, the same for the same seed.</summary>
internal static class OddStream
{
    /// <summary>Short texts from several sources, as one service might get them.</summary>
    private static readonly string[] Sets =
        ["yelp/sentences", "tweets/kaggle", "tweets/semeval_train", "pros_cons/all", "mr/train", "financial/phrasebank", "amazon/apps", "sst5_cased/train_sentences"];

    /// <summary>Nothing is planted before: what is usual must be known first.</summary>
    private const int Undisturbed = 2_000;

    /// <summary>Builds the stream.</summary>
    /// <param name="data">Folder of the sets.</param>
    /// <param name="count">Texts in all.</param>
    /// <param name="planted">How many of them are odd.</param>
    /// <param name="seed">Decides everything.</param>
    public static List<PlannedText> Build(DirectoryInfo data, int count, int planted, int seed)
    {
        var random = new Random(seed);
        var real = Real(data, count - planted, random);
        var distinct = new HashSet<string>(real, StringComparer.Ordinal);
        var odd = new List<PlannedText>();
        // The shortest come in so few forms that some repeat; a text twice is found twice but kept once.
        for (var i = 0; i < planted; i++)
        {
            var kind = OddKind.All[i % OddKind.All.Count];
            var text = kind.Make(random, real);
            for (var tries = 0; tries < 10 && !distinct.Add(text); tries++)
            {
                text = kind.Make(random, real);
            }

            odd.Add(new PlannedText(text, kind));
        }

        List<PlannedText> later = [.. real.Skip(Undisturbed).Select(text => new PlannedText(text, null)), .. odd];
        var shuffled = later.ToArray();
        random.Shuffle(shuffled);
        return [.. real.Take(Undisturbed).Select(text => new PlannedText(text, null)), .. shuffled];
    }

    private static List<string> Real(DirectoryInfo data, int count, Random random)
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        foreach (var set in Sets)
        {
            var all = TextFile.Read(new FileInfo(Path.Combine(data.FullName, set + ".tsv.gz")), "text", limit: null, distinct: true).ToArray();
            random.Shuffle(all);
            texts.UnionWith(all.Take(count / Sets.Length * 2));
        }

        var chosen = texts.ToArray();
        random.Shuffle(chosen);
        return chosen.Length >= count ? [.. chosen.Take(count)] : throw new InvalidDataException($"The sets hold only {chosen.Length} texts.");
    }
}
