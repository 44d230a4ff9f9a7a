namespace KubeSentiment.Bench.Anomalies;

/// <summary>A kind of odd text that is planted in the stream, and the types of anomalies that should be found in it.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Types">The types, by the names that answers use.</param>
/// <param name="Make">Makes one.</param>
internal sealed record OddKind(string Name, IReadOnlyList<string> Types, Func<Random, IReadOnlyList<string>, string> Make)
{
    private const string OutOfVocabulary = "out_of_vocabulary";
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";

    private static readonly string[] Emoji = ["😀", "😂", "😍", "😭", "😡", "👍", "👎", "🔥", "💯", "🎉", "🤮", "🙏", "💔", "🥰", "🤷", "🚀"];

    private static readonly string[] OtherScripts =
    [
        "еда была действительно вкусной но обслуживание к сожалению очень медленное больше никогда сюда не вернемся",
        "το φαγητό ήταν πραγματικά νόστιμο αλλά η εξυπηρέτηση δυστυχώς αργή δεν θα ξαναέρθουμε ποτέ",
        "كان الطعام لذيذا حقا لكن الخدمة بطيئة للأسف لن نعود أبدا إلى هذا المطعم",
        "खाना वाकई स्वादिष्ट था लेकिन सेवा दुर्भाग्य से धीमी हम यहाँ फिर कभी नहीं आएंगे",
        "이 영화는 정말 훌륭했습니다 서비스가 너무 느려서 실망했어요 다시는 가지 않겠습니다",
        "この映画は 本当に 素晴らしかったです サービスが 遅くて がっかりしました もう二度と 行きません",
        "这家 餐厅 的菜 真的 很好吃 但是 服务 太慢了 我们 再也 不会来了 质量 令人 失望",
        "האוכל היה ממש טעים אבל השירות לצערי איטי מאוד לעולם לא נחזור לכאן",
    ];

    private static readonly string[] SameScript =
    [
        "das Essen war wirklich großartig und der Kellner sehr freundlich aber leider nicht pünktlich schreckliche Bedienung niemals wieder enttäuschend",
        "le repas était délicieux mais le service vraiment trop lent nous ne reviendrons jamais dans ce restaurant malheureusement décevant",
        "la comida estaba deliciosa pero el servicio fue muy lento y nunca volveremos a este restaurante porque los camareros eran maleducados",
        "yemekler gerçekten çok lezzetliydi ama garsonlar yeterince ilgilenmediler kesinlikle tavsiye etmiyorum hayal kırıklığı",
        "jedzenie było naprawdę pyszne ale obsługa niestety bardzo powolna nigdy więcej nie wrócimy do tej restauracji",
        "ruoka oli todella herkullista mutta palvelu valitettavasti hidasta emme tule koskaan takaisin tähän ravintolaan",
    ];

    /// <summary>All kinds. Their makers get the real texts to cut from.</summary>
    public static IReadOnlyList<OddKind> All { get; } =
    [
        new("random letters", [OutOfVocabulary], (random, _) => Words(random, 2, 10, () => Characters(random, Letters, 4, 10))),
        new("emoji only", [OutOfVocabulary], (random, _) => Words(random, 1, 8, () => Pick(random, Emoji))),
        new("other scripts", [OutOfVocabulary], (random, _) => Sentence(random, Pick(random, OtherScripts))),
        new("other languages in Latin letters", [OutOfVocabulary], (random, _) => Sentence(random, Pick(random, SameScript))),
        new("600 words", ["truncated", "unusual_length"], LongText),
        new("one or two characters", ["unusual_length"], (random, _) => Characters(random, "0123456789!?.", 1, 2)),
    ];

    private static string LongText(Random random, IReadOnlyList<string> texts)
    {
        var words = new List<string>();
        while (words.Count < 600)
        {
            words.AddRange(Pick(random, texts).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }

        return string.Join(' ', words.Take(600));
    }

    private static string Characters(Random random, string of, int least, int most) =>
        string.Create(random.Next(least, most + 1), random, (characters, source) => source.GetItems<char>(of, characters));

    private static string Sentence(Random random, string words)
    {
        var all = words.Split(' ');
        return Words(random, 4, 14, () => Pick(random, all));
    }

    private static string Words(Random random, int least, int most, Func<string> word) =>
        string.Join(' ', Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => word()));

    private static T Pick<T>(Random random, IReadOnlyList<T> of) => of[random.Next(of.Count)];
}
