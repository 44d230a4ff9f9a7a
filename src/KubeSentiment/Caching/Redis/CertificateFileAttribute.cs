using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeSentiment.Configuration;

namespace KubeSentiment.Caching.Redis;

/// <summary>Allows the path of a file that holds a certificate.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CertificateFileAttribute : TextRuleAttribute
{
    public override string Noun => "a file with a certificate that can be read";

    public override string Allowed => "path of a PEM file";

    public override bool Holds(string text)
    {
        if (text.Length == 0)
        {
            // As if it were not set.
            return true;
        }

        try
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(text);
            return true;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
