using System.Text;

namespace KubeSentiment.Bench.Streams;

/// <summary>Writes a text as another person would have typed it: other case, other spaces, the same words.</summary>
internal static class SurfaceNoise
{
    public static string Apply(string text, Random random)
    {
        var cased = random.Next(3) switch
        {
            0 => text.ToLowerInvariant(),
            1 => text.ToUpperInvariant(),
            _ => text,
        };
        var noisy = new StringBuilder(text.Length + 8);
        foreach (var character in cased)
        {
            if (character is '!' or '?' or ',' or '.' && random.Next(2) == 0)
            {
                noisy.Append(' ');
            }

            noisy.Append(character);
            if (character == ' ' && random.Next(8) == 0)
            {
                noisy.Append(' ');
            }
        }

        return noisy.ToString();
    }
}
