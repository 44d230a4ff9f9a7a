using CsCheck;
using KubeSentiment.Caching;
using KubeSentiment.Caching.Redis;

namespace KubeSentiment.Tests.Caching;

/// <summary>Equal keys for equal tokens, and no others.</summary>
public sealed class CacheKeyTests
{
    [Fact]
    public void OfTokens_KnownIds_HasTheKnownHash() =>
        // The first 16 bytes of SHA-256 over 101, 2307, 102 as little-endian int32. A change would orphan what replicas of the last version stored.
        CacheKey.OfTokens("0123456789abcdef", [101, 2307, 102]).Hash.ToString("x32").ShouldBe("d42e7c8880c25917d860db6ff1dd1de4");

    [Fact]
    public void OfTokens_AnyTwoTexts_AreEqualOnlyForEqualTokens() => Gen.Select(Gen.Int.Array[0, 20], Gen.Int.Array[0, 20]).Sample((a, b) =>
        (CacheKey.OfTokens("m", a) == CacheKey.OfTokens("m", b)).ShouldBe(a.AsSpan().SequenceEqual(b)));

    [Fact]
    public void OfTokens_OtherModel_IsAnotherKey() => CacheKey.OfTokens("a", [1, 2]).ShouldNotBe(CacheKey.OfTokens("b", [1, 2]));

    [Fact]
    public void OfName_HalfSurrogates_AreDifferentKeys() => CacheKey.OfName("\ud800").ShouldNotBe(CacheKey.OfName("\ud801"));

    [Fact]
    public void RedisKey_OfPrediction_IsReadable()
    {
        var key = (string?)RedisKeys.Of("tenant-a", CacheType.Prediction, new CacheKey("0123456789abcdef", 255));

        key.ShouldBe("tenant-a:prediction:0123456789abcdef:000000000000000000000000000000ff");
        RedisKeys.TypeOf(key!, "tenant-a").ShouldBe(CacheType.Prediction);
        RedisKeys.TypeOf(key!, "tenant").ShouldBeNull();
    }

    [Theory]
    [InlineData("kubesentiment:feature:m:1", true)]
    [InlineData("kubesentiment:frequent:prediction:m", true)]
    [InlineData("kubesentiment:sessions:1", false)]
    [InlineData("kubesentiment2:feature:m:1", false)]
    [InlineData("kubesentiment", false)]
    public void IsOurs_KeysOfOthers_AreLeftAlone(string key, bool ours) => RedisKeys.IsOurs(key, "kubesentiment").ShouldBe(ours);

    [Theory]
    [InlineData("kubesentiment", true)]
    [InlineData("tenant-A_1.x", true)]
    [InlineData("", false)]
    [InlineData("a:b", false)]
    [InlineData("a*", false)]
    [InlineData("{a}", false)]
    [InlineData("a b", false)]
    public void IsNamespace_WhatMeansMoreThanItself_IsNone(string text, bool allowed) => CacheNamespaceAttribute.IsNamespace(text).ShouldBe(allowed);

    [Theory]
    [InlineData("redis", "Unspecified/redis:6379")]
    [InlineData("redis.default.svc:7000", "Unspecified/redis.default.svc:7000")]
    [InlineData("127.0.0.1", "127.0.0.1:6379")]
    [InlineData("127.0.0.1:26379", "127.0.0.1:26379")]
    [InlineData("::1", "[::1]:6379")]
    [InlineData("[::1]:7000", "[::1]:7000")]
    [InlineData("redis://host", null)]
    [InlineData("user@host", null)]
    [InlineData("a b", null)]
    [InlineData("host:port", null)]
    [InlineData("", null)]
    public void RedisEndpoint_Text_IsAnEndpointOrNone(string text, string? endpoint) =>
        RedisEndpointAttribute.Parse(text, 6379)?.ToString().ShouldBe(endpoint);

}
