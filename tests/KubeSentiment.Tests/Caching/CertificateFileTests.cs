using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeSentiment.Caching.Redis;

namespace KubeSentiment.Tests.Caching;

/// <summary>A file that is no certificate is a wrong setting, told at the start, and not a failure of the first connection.</summary>
public sealed class CertificateFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Holds_Certificate_Does()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=redis", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));

        new CertificateFileAttribute().Holds(Written(certificate.ExportCertificatePem())).ShouldBeTrue();
        new CertificateFileAttribute().Holds("").ShouldBeTrue();
    }

    [Fact]
    public void Holds_WhatIsNone_DoesNot()
    {
        new CertificateFileAttribute().Holds(Path.Combine(_folder, "missing.pem")).ShouldBeFalse();
        new CertificateFileAttribute().Holds(_folder).ShouldBeFalse();
        new CertificateFileAttribute().Holds(Written("no certificate")).ShouldBeFalse();
    }

    private string Written(string content)
    {
        var path = Path.Combine(_folder, "ca.pem");
        File.WriteAllText(path, content);
        return path;
    }
}
