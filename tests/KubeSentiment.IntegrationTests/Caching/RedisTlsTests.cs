using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeSentiment.IntegrationTests.Servers;

namespace KubeSentiment.IntegrationTests.Caching;

/// <summary>Redis behind TLS, with an authority of its own and a user.</summary>
[Collection(nameof(RedisFaultTests))]
public sealed class RedisTlsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tls_WithTheAuthority_IsUsed_WithoutItIsNot()
    {
        var folder = Directory.CreateTempSubdirectory("redis-tls-");
        var (certificate, key) = await WriteCertificateAsync(folder.FullName);
        await using var server = await RedisServer.StartAsync(
            "--port", "0", "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate, "--tls-auth-clients", "no",
            "--user", "app", "on", ">secret", "~kubesentiment:*", "&*", "+@all");
        await using var trusting = await Replica.ConnectAsync(redis =>
        {
            redis.Port = server.Port;
            redis.Tls = true;
            redis.TlsCaFile = certificate;
            redis.Username = "app";
            redis.Password = "secret";
        });
        trusting.Remember(1);
        await trusting.WrittenAsync(1);

        await using var doubting = await Replica.StartAsync(redis =>
        {
            redis.Port = server.Port;
            redis.Tls = true;
            redis.Username = "app";
            redis.Password = "secret";
        });
        await doubting.Connections.Ready.WaitAsync(Cancellation);
        (await doubting.AskRedisAsync(1)).ShouldBeNull();
        folder.Delete(recursive: true);
    }

    private static async Task<(string Certificate, string Key)> WriteCertificateAsync(string folder)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=redis-test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var (certificateFile, keyFile) = (Path.Combine(folder, "redis.crt"), Path.Combine(folder, "redis.key"));
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem(), Cancellation);
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem(), Cancellation);
        return (certificateFile, keyFile);
    }
}
