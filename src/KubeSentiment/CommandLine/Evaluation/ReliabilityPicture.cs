using System.Globalization;
using System.Text;

namespace KubeSentiment.CommandLine.Evaluation;

/// <summary>The reliability diagram as SVG: bars of how much is right over scores, and the diagonal on which they should end.</summary>
internal static class ReliabilityPicture
{
    private const int Size = 400;
    private const int Margin = 50;

    public static string Draw(CalibrationReport calibration)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Size + (2 * Margin)} {Size + (2 * Margin)}\" font-family=\"sans-serif\" font-size=\"14\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Margin}\" y=\"{Margin}\" width=\"{Size}\" height=\"{Size}\" fill=\"none\" stroke=\"#888\"/>\n");
        foreach (var bin in calibration.Bins())
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<rect x=\"{X(bin.From):0.#}\" y=\"{Y(bin.Accuracy):0.#}\" width=\"{Size / CalibrationReport.BinCount}\" height=\"{bin.Accuracy * Size:0.#}\" fill=\"#4a90d9\" stroke=\"#fff\">");
            svg.Append(CultureInfo.InvariantCulture, $"<title>{bin.Texts} texts: mean score {bin.Confidence:0.000}, {bin.Accuracy:0.000} right</title></rect>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{X(0)}\" y1=\"{Y(0)}\" x2=\"{X(1)}\" y2=\"{Y(1)}\" stroke=\"#c33\" stroke-dasharray=\"6 4\"/>\n");
        for (var tick = 0; tick <= 10; tick += 2)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(tick / 10.0)}\" y=\"{Y(0) + 20}\" text-anchor=\"middle\">{tick / 10.0:0.0}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Margin - 8}\" y=\"{Y(tick / 10.0) + 5}\" text-anchor=\"end\">{tick / 10.0:0.0}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(0.5)}\" y=\"{Y(0) + 42}\" text-anchor=\"middle\">score</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(0)}\" y=\"{Margin - 15}\">share right; expected calibration error {calibration.Error:0.000}</text>\n</svg>\n");
        return svg.ToString();
    }

    private static double X(double share) => Margin + (share * Size);

    private static double Y(double share) => Margin + ((1 - share) * Size);
}
