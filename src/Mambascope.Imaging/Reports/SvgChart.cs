using System.Text;

namespace Mambascope.Imaging.Reports;

/// <summary>
/// Draws a <see cref="LineChart"/> as SVG inside the page. Curves differ in colour, dash and marker, so they can be told apart in grey as
/// well; colours come from the page's style, for light and dark.
/// </summary>
internal static class SvgChart
{
    private const double Width = 720;
    private const double Left = 84; // room for a label such as −5·10⁻⁴
    private const double Right = Width - 16;
    private const double Top = 14;
    private const double Bottom = 314;
    private const double Height = Bottom + 56;
    private const int MostMarkers = 40; // on a curve; beyond that they run into each other

    private static readonly string[] dashes = ["", "7 3", "2 3", "10 3 2 3", "14 4", "4 2", "1 2", "8 2 2 2 2 2"];

    internal static void Write(Markup page, LineChart chart)
    {
        var points = chart.Series.SelectMany(series => series.Points).ToArray();
        var x = ChartRange.Of(chart.X, points.Select(point => point.X), Left, Right);
        var y = ChartRange
            .Of(chart.Y, points.SelectMany(point => new[] { point.Y, point.Lower ?? point.Y, point.Upper ?? point.Y }), Bottom, Top)
            .Rounded(chart.Y);
        page.Open(
            "svg", ("viewBox", $"0 0 {Markup.Number(Width)} {Markup.Number(Height)}"), ("role", "img"), ("aria-label", Description(chart)));
        Axes(page, chart, x, y);
        if (chart.IsBars)
        {
            Bars(page, chart, x, y);
        }

        foreach (var series in chart.IsBars ? [] : chart.Series)
        {
            Band(page, series, page.Series(series.Name), x, y);
        }

        foreach (var series in chart.IsBars ? [] : chart.Series)
        {
            Curve(page, series, page.Series(series.Name), x, y);
        }

        page.Close();
    }

    private static string Description(LineChart chart)
        => $"{chart.Title}. {(chart.IsBars ? "Bar" : "Line")} chart of {chart.Y.Text} by {chart.X.Text}, with "
        + $"{string.Join(", ", chart.Series.Select(series => series.Name))}. The values follow as a table.";

    private static void Axes(Markup page, LineChart chart, ChartRange x, ChartRange y)
    {
        foreach (var value in y.Steps())
        {
            var at = Markup.Number(y.Place(value));
            page.Empty("line", ("class", "grid"), ("x1", Markup.Number(Left)), ("x2", Markup.Number(Right)), ("y1", at), ("y2", at))
                .Leaf(
                    "text", Ticks.Format(value), ("class", "tick"), ("x", Markup.Number(Left - 8)), ("y", at),
                    ("text-anchor", "end"), ("dominant-baseline", "middle"));
        }

        foreach (var value in x.Steps())
        {
            var at = Markup.Number(x.Place(value));
            page.Empty("line", ("class", "axis"), ("x1", at), ("x2", at), ("y1", Markup.Number(Bottom)), ("y2", Markup.Number(Bottom + 5)))
                .Leaf(
                    "text", Ticks.Format(value), ("class", "tick"), ("x", at), ("y", Markup.Number(Bottom + 20)),
                    ("text-anchor", "middle"));
        }

        var (middle, centre) = (Markup.Number((Left + Right) / 2), Markup.Number((Top + Bottom) / 2));
        page.Empty(
                "path",
                ("class", "axis"),
                ("d", $"M{Markup.Number(Left)} {Markup.Number(Top)}V{Markup.Number(Bottom)}H{Markup.Number(Right)}"))
            .Leaf("text", chart.X.Text, ("class", "label"), ("x", middle), ("y", Markup.Number(Bottom + 42)), ("text-anchor", "middle"))
            .Leaf(
                "text", chart.Y.Text, ("class", "label"), ("transform", $"translate(14 {centre}) rotate(-90)"), ("text-anchor", "middle"));
    }

    // Four fifths of the room between two whole numbers, shared by the series.
    private static void Bars(Markup page, LineChart chart, ChartRange x, ChartRange y)
    {
        var room = (x.Place(x.Minimum + 1) - x.Place(x.Minimum)) * 0.8;
        var width = room / Math.Max(1, chart.Series.Count);
        foreach (var (place, series) in chart.Series.Index())
        {
            var bars = new StringBuilder();
            foreach (var point in series.Points.Where(point => double.IsFinite(point.Y)))
            {
                var (left, from, to) = (x.Place(point.X) - (room / 2) + (place * width), y.Place(0), y.Place(point.Y));
                var (start, end) = (Markup.Number(from), Markup.Number(to));
                bars.Append($"M{Markup.Number(left)} {start}V{end}h{Markup.Number(width)}V{start}z");
            }

            page.Open("g", ("class", Color(page.Series(series.Name)))).Leaf("title", series.Name)
                .Empty("path", ("class", "marker"), ("d", bars.ToString())).Close();
        }
    }

    // Along the upper ends and back along the lower ones.
    private static void Band(Markup page, ChartSeries series, int index, ChartRange x, ChartRange y)
    {
        foreach (
            var run in Runs(series)
                .Select(run => run.Where(point => point is { Lower: not null, Upper: not null }).ToArray())
                .Where(run => run.Length > 1))
        {
            var outline = run.Select(point => (point.X, Y: point.Upper!.Value))
                .Concat(run.Reverse().Select(point => (point.X, Y: point.Lower!.Value)));
            page.Empty(
                "polygon",
                ("class", $"band {Color(index)}"),
                ("points", string.Join(' ', outline.Select(end => $"{Markup.Number(x.Place(end.X))},{Markup.Number(y.Place(end.Y))}"))));
        }
    }

    private static void Curve(Markup page, ChartSeries series, int index, ChartRange x, ChartRange y)
    {
        var (line, marks) = (new StringBuilder(), new StringBuilder());
        foreach (var run in Runs(series))
        {
            for (var i = 0; i < run.Count; i++)
            {
                var (px, py) = (x.Place(run[i].X), y.Place(run[i].Y));
                line.Append(i == 0 ? 'M' : 'L').Append(Markup.Number(px)).Append(' ').Append(Markup.Number(py));

                // A point without neighbours makes no line: its marker is all there is of it.
                if (series.Points.Count <= MostMarkers || run.Count == 1)
                {
                    marks.Append(Marker(index, px, py));
                }
            }
        }

        if (line.Length > 0)
        {
            page.Open("g", ("class", Color(index))).Leaf("title", series.Name)
                .Empty("path", ("class", "curve"), ("stroke-dasharray", Dash(index)), ("d", line.ToString()));
            if (marks.Length > 0)
            {
                page.Empty("path", ("class", "marker"), ("d", marks.ToString()));
            }

            page.Close();
        }
    }

    /// <summary>The names beside their colours, dashes and markers; below the drawing, so that lines break where the page ends.</summary>
    internal static void Legend(Markup page, LineChart chart)
    {
        page.Open("ul", ("class", "series"));
        foreach (var series in chart.Series)
        {
            var index = page.Series(series.Name);
            page.Open("li").Open("svg", ("class", $"swatch {Color(index)}"), ("viewBox", "0 0 26 12"), ("aria-hidden", "true"));
            if (chart.IsBars)
            {
                page.Empty("path", ("class", "marker"), ("d", "M0 0h26v12h-26z"));
            }
            else
            {
                page.Empty("path", ("class", "curve"), ("stroke-dasharray", Dash(index)), ("d", "M0 6h26"))
                    .Empty("path", ("class", "marker"), ("d", Marker(index, 13, 6)));
            }

            page.Close().Leaf("span", series.Name).Close();
        }

        page.Close();
    }

    /// <summary>Stretches of a curve without a gap.</summary>
    private static IEnumerable<List<ChartPoint>> Runs(ChartSeries series)
    {
        var run = new List<ChartPoint>();
        foreach (var point in series.Points)
        {
            if (double.IsFinite(point.X) && double.IsFinite(point.Y))
            {
                run.Add(point);
            }
            else if (run.Count > 0)
            {
                yield return run;
                run = [];
            }
        }

        if (run.Count > 0)
        {
            yield return run;
        }
    }

    private static string Color(int index) => $"c{index % HtmlStyle.Colors}";

    private static string? Dash(int index) => dashes[index % dashes.Length] is { Length: > 0 } dash ? dash : null;

    private static string Marker(int index, double x, double y)
    {
        var (px, py) = (Markup.Number(x), Markup.Number(y));
        return (index % 5) switch
        {
            0 => $"M{px} {py}m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z",
            1 => $"M{px} {py}m-3.2 -3.2h6.4v6.4h-6.4z",
            2 => $"M{px} {py}m0 -4.4l4.4 4.4l-4.4 4.4l-4.4 -4.4z",
            3 => $"M{px} {py}m0 -4.2l4.2 7.4h-8.4z",
            _ => $"M{px} {py}m0 4.2l4.2 -7.4h-8.4z",
        };
    }
}
