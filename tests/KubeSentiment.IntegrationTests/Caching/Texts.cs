using KubeSentiment.Caching;
using KubeSentiment.Caching.Redis;

namespace KubeSentiment.IntegrationTests.Caching;

/// <summary>Texts with keys and answers that follow from their number, so that a wrong answer shows.</summary>
internal static class Texts
{
    public static string Of(int number) => $"text number {number}";

    public static CacheKey KeyOf(int number) => CacheKey.OfTokens(Replica.Model, [101, number, 102]);

    public static CachedAnswer AnswerOf(int number) => new([number, -number / 3f, 1f / (number + 1)], (number % 500) + 2, number % 2 == 0);

    public static bool IsRight(int number, CachedAnswer answer) =>
        AnswerOf(number) is var right && answer.Values.SequenceEqual(right.Values) && (answer.Tokens, answer.Truncated) == (right.Tokens, right.Truncated);

    public static void Remember(this Replica replica, int number) =>
        replica.Cache.Remember(CacheType.Prediction, Of(number), KeyOf(number), AnswerOf(number));

    /// <summary>Asks Redis for one text, as the pipeline does after a miss in memory, and as often as the lookup is left out because others found next to nothing.</summary>
    public static async Task<CachedAnswer?> AskRedisAsync(this Replica replica, int number)
    {
        while (!replica.Cache.SharedPays(CacheType.Prediction, 1))
        {
            await Task.Delay(LookupYield.Pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }

        return await GetSharedAsync(replica, number);
    }

    /// <summary>The same, once.</summary>
    public static async Task<CachedAnswer?> LookUpOnceAsync(this Replica replica, int number) =>
        replica.Cache.SharedPays(CacheType.Prediction, 1) ? await GetSharedAsync(replica, number) : null;

    /// <summary>Waits until Redis has what was written.</summary>
    public static Task WrittenAsync(this Replica replica, int number, TimeSpan? limit = null) =>
        Service.Poll.UntilAsync(async () => await replica.AskRedisAsync(number) is not null, limit ?? TimeSpan.FromSeconds(10));

    private static async Task<CachedAnswer?> GetSharedAsync(Replica replica, int number) =>
        (await replica.Cache.GetSharedAsync(CacheType.Prediction, [Of(number)], [KeyOf(number)], TestContext.Current.CancellationToken))[0];
}
