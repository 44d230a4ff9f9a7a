using System.Globalization;
using System.Text;

namespace KubeSentiment.CommandLine.Evaluation;

/// <summary>A square drawing with two axes, in SVG; several of them make a picture.</summary>
/// <param name="title">What it shows, above it.</param>
/// <param name="x">The axis below.</param>
/// <param name="y">The axis at the left.</param>
internal sealed class SvgPanel(string title, SvgAxis x, SvgAxis y)
{
    private const int Size = 400;
    private const int Margin = 60;
    private const int Whole = Size + (2 * Margin);

    private readonly StringBuilder _shapes = new();

    /// <summary>A bar from the foot of the panel, with what it says when pointed at.</summary>
    public void Bar(double from, double to, double height, string tip)
    {
        Shape($"<rect x=\"{X(from):0.#}\" y=\"{Y(height):0.#}\" width=\"{X(to) - X(from):0.#}\" height=\"{Margin + Size - Y(height):0.#}\" fill=\"#4a90d9\" stroke=\"#fff\">");
        Shape($"<title>{tip}</title></rect>\n");
    }

    /// <summary>A point with a few letters beside it, and what it says when pointed at.</summary>
    public void Point(double atX, double atY, string letters, string tip)
    {
        Shape($"<circle cx=\"{X(atX):0.#}\" cy=\"{Y(atY):0.#}\" r=\"5\" fill=\"#4a90d9\"><title>{tip}</title></circle>");
        Shape($"<text x=\"{X(atX) + 8:0.#}\" y=\"{Y(atY) - 6:0.#}\" font-size=\"11\">{letters}</text>\n");
    }

    /// <summary>A line of dashes.</summary>
    public void Line(double fromX, double fromY, double toX, double toY) =>
        Shape($"<line x1=\"{X(fromX):0.#}\" y1=\"{Y(fromY):0.#}\" x2=\"{X(toX):0.#}\" y2=\"{Y(toY):0.#}\" stroke=\"#c33\" stroke-dasharray=\"6 4\"/>\n");

    /// <summary>A whole picture: panels side by side.</summary>
    public static string Picture(IReadOnlyList<SvgPanel> panels)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Whole * panels.Count} {Whole}\" font-family=\"sans-serif\" font-size=\"14\">\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
        for (var i = 0; i < panels.Count; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<g transform=\"translate({i * Whole} 0)\">\n");
            panels[i].Append(svg);
            svg.Append("</g>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private void Append(StringBuilder svg)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Margin}\" y=\"{Margin}\" width=\"{Size}\" height=\"{Size}\" fill=\"none\" stroke=\"#888\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Margin}\" y=\"{Margin - 15}\">{title}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Margin + (Size / 2)}\" y=\"{Whole - 15}\" text-anchor=\"middle\">{x.Name}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate(15 {Margin + (Size / 2)}) rotate(-90)\" text-anchor=\"middle\">{y.Name}</text>\n");
        foreach (var tick in x.Ticks())
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(tick):0.#}\" y=\"{Margin + Size + 20}\" text-anchor=\"middle\">{x.Format(tick)}</text>\n");
        }

        foreach (var tick in y.Ticks())
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Margin - 8}\" y=\"{Y(tick) + 5:0.#}\" text-anchor=\"end\">{y.Format(tick)}</text>\n");
        }

        svg.Append(_shapes);
    }

    private void Shape(FormattableString shape) => _shapes.Append(shape.ToString(CultureInfo.InvariantCulture));

    private double X(double value) => Margin + (x.Share(value) * Size);

    private double Y(double value) => Margin + ((1 - y.Share(value)) * Size);
}

/// <summary>An axis of a panel.</summary>
/// <param name="Name">What is on it.</param>
/// <param name="From">Its least value.</param>
/// <param name="To">Its largest.</param>
/// <param name="Digits">A number format for its ticks.</param>
internal sealed record SvgAxis(string Name, double From, double To, string Digits)
{
    private const int MostTicks = 6;

    private static readonly int[] RoundSteps = [1, 2, 5, 10];

    /// <summary>An axis that holds all values, with a little air around them.</summary>
    public static SvgAxis Around(string name, IReadOnlyCollection<double> values, string digits)
    {
        var (from, to) = (values.Min(), values.Max());
        var air = to > from ? (to - from) / 10 : 1;
        return new SvgAxis(name, from - air, to + air, digits);
    }

    /// <summary>Round numbers, at most six steps of them.</summary>
    public IEnumerable<double> Ticks()
    {
        var ten = Math.Pow(10, Math.Floor(Math.Log10((To - From) / MostTicks)));
        var step = RoundSteps.Select(factor => factor * ten).First(width => (To - From) / width <= MostTicks);
        var first = Math.Ceiling((From / step) - 1e-9);
        for (var i = 0; ((first + i) * step) <= To + (step * 1e-9); i++)
        {
            yield return (first + i) * step;
        }
    }

    public string Format(double tick) => tick.ToString(Digits, CultureInfo.InvariantCulture);

    /// <summary>How far along the axis a value is, 0..1.</summary>
    public double Share(double value) => (value - From) / (To - From);
}
