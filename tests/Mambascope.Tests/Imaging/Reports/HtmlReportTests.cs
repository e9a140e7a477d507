using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Reports;
using Mambascope.Imaging;
using Mambascope.Imaging.Reports;
using Mambascope.Inputs.Images;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Imaging.Reports;

public sealed partial class HtmlReportTests
{
    private const string Nasty = "</title><script>alert(\"1\")</script> & 'x' ]]> <!-- \0\u0007\uD800 \uFFFF 𝛼";
    private const string Shown = "</title><script>alert(\"1\")</script> & 'x' ]]> <!-- \uFFFD\uFFFD\uFFFD \uFFFD 𝛼";

    [Fact]
    public void A_page_is_well_formed_and_has_every_part()
    {
        var page = Parse(SampleReport.Make().ToHtml());
        Assert.Equal("html", page.Name.LocalName);
        Assert.Equal("Explanations of demo-vim", Only(page, "h1").Value);
        Assert.Equal("Explanations of demo-vim", Only(page.Element("head")!, "title").Value);
        Assert.Equal(3, page.Descendants("section").Count());
        Assert.Equal(3, page.Descendants("nav").Descendants("a").Count());
        Assert.All(page.Descendants("nav").Descendants("a"), link =>
            Assert.Single(page.Descendants("section"), section => "#" + section.Attribute("id")!.Value == link.Attribute("href")!.Value));
        Assert.Equal(2, page.Descendants("svg").Count(svg => svg.Attribute("role")?.Value == "img")); // the others are swatches of legends
        Assert.Equal(3, page.Descendants("img").Count());
    }

    [Fact]
    public void A_page_needs_nothing_from_outside_and_runs_nothing()
    {
        var html = SampleReport.Make().ToHtml();
        var page = Parse(html);
        Assert.Empty(page.Descendants("script"));
        Assert.Empty(page.Descendants("link"));
        Assert.Empty(page.Descendants("iframe"));
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http:", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", html, StringComparison.Ordinal);
        Assert.All(page.Descendants("img"), image =>
            Assert.StartsWith("data:image/png;base64,", image.Attribute("src")!.Value, StringComparison.Ordinal));
        Assert.All(page.Descendants().Attributes(), attribute =>
            Assert.False(attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal), attribute.ToString()));
        Assert.Contains(page.Descendants("meta"), meta =>
            meta.Attribute("content") is { } content && content.Value.StartsWith("default-src 'none'", StringComparison.Ordinal));
    }

    [Fact]
    public void To_a_browser_every_element_is_closed_as_well()
    {
        // "<p/>" is an open tag to a browser: only elements without content, and shapes in SVG, may be written so.
        string[] may = ["meta", "img", "br", "line", "path", "polygon"];
        Assert.All(SelfClosed().Matches(SampleReport.Make().ToHtml()).Select(match => match.Groups["name"].Value), name =>
            Assert.Contains(name, may));
        Assert.Matches(
            "<td[^>]*></td>",
            new HtmlReport("t")
                .With(section =>
                    section.Table(
                        new ResultTable("t", new ResultColumn("a", ResultKind.Number), new ResultColumn("b", ResultKind.Text)).Add(
                            ResultCell.Number(1), ResultCell.Text(""))))
                .ToHtml());
    }

    [Fact]
    public void Whatever_a_text_holds_it_stays_text()
    {
        var table = new ResultTable(Nasty, new ResultColumn(Nasty, ResultKind.Text) { Unit = Nasty }) { Note = Nasty }.Add(
            ResultCell.Text(Nasty));
        var chart = new LineChart(Nasty, new(Nasty, Nasty), new(Nasty, Nasty), [new(Nasty, [new(0, 1), new(1, 2)])]);
        var report = new HtmlReport(Nasty, Nasty).Fact(Nasty, Nasty);
        report.Section(Nasty).Text(Nasty).Table(table).Chart(chart).Pictures(new ReportPicture(new RgbImage(2, 2), Nasty, Nasty + "\n\""));
        report.Section("other");
        var html = report.ToHtml();
        var page = Parse(html);
        Assert.Empty(page.Descendants("script"));
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        foreach (var name in new[] { "title", "h1", "h2", "dt", "dd", "caption", "figcaption", "p" })
        {
            Assert.Contains(page.Descendants(name), element => element.Value == Shown);
        }

        Assert.Contains(page.Descendants("td").Concat(page.Descendants("th")), element => element.Value == Shown);
        Assert.Equal(Shown + "\n\"", Only(page, "img").Attribute("alt")!.Value);
        Assert.Contains(page.Descendants("li"), element => element.Value == Shown); // the legend
        Assert.Contains(page.Descendants("svg").Descendants("text"), element => element.Value == $"{Shown} ({Shown})"); // an axis
    }

    [Fact]
    public void A_table_says_what_its_cells_are()
    {
        var page = Parse(SampleReport.Make().ToHtml());
        var table = page.Descendants("section").First().Descendants("table").First();
        Assert.Equal("Positive perturbation", table.Element("caption")!.Value);
        Assert.Equal(["method", "AUC (%)", "pictures"], table.Element("thead")!.Descendants("th").Select(head => head.Value));
        Assert.All(table.Element("thead")!.Descendants("th"), head => Assert.Equal("col", head.Attribute("scope")!.Value));
        var row = table.Element("tbody")!.Elements("tr").First();
        Assert.Equal("row", row.Element("th")!.Attribute("scope")!.Value);
        Assert.Equal(["attribution", "17.3 (15.9 to 18.6)", "1,000"], row.Elements().Select(cell => cell.Value));
        Assert.Equal("–", table.Element("tbody")!.Elements("tr").Last().Elements().ElementAt(1).Value);
    }

    [Theory]
    [InlineData(-0.0004, 3, "0.000")]
    [InlineData(-0.0006, 3, "−0.001")]
    [InlineData(1234.6, 0, "1235")]
    [InlineData(1e300, 1, null)]
    [InlineData(double.NaN, 2, "NaN")]
    [InlineData(double.NegativeInfinity, 2, "−∞")]
    public void Numbers_have_fixed_decimals(double value, int decimals, string? expected)
    {
        var table = new ResultTable("t", new ResultColumn("x", ResultKind.Number) { Decimals = decimals }).Add(ResultCell.Number(value));
        var page = Parse(new HtmlReport("t").With(section => section.Table(table)).ToHtml());
        Assert.Equal(expected ?? value.ToString("F1", CultureInfo.InvariantCulture), Only(page, "td").Value);
    }

    [Fact]
    public void Percentages_have_one_decimal_in_tables_and_charts_alike()
    {
        var table = new ResultTable(
            "t", new ResultColumn("x", ResultKind.Number) { Unit = "%", Factor = 100, Decimals = 3 }).Add(ResultCell.Number(0.95349));
        var chart = new LineChart("c", new("x"), new("y", "%"), [new("a", [new(0, 95.349), new(1, 12.26, 11, 13.04)])]);
        var cells = Parse(
            new HtmlReport("t").With(section => section.Table(table).Chart(chart)).ToHtml()).Descendants("td").Select(cell => cell.Value);
        Assert.Equal(["95.3", "95.3", "12.3 (11.0 to 13.0)"], cells);
    }

    [Fact]
    public void A_long_cell_breaks_between_value_and_interval_and_nowhere_else()
    {
        var page = Parse(SampleReport.Make().ToHtml());
        var cell = page.Descendants("td").First(td => td.Value.Contains('('));
        Assert.Equal("(15.9 to 18.6)", Assert.Single(cell.Elements("span")).Value);
        Assert.Contains(".number span { white-space: nowrap; }", page.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Curves_have_colours_of_their_own_that_stand_out_from_the_page()
    {
        var css = HtmlStyle.Sheet;
        foreach (var (isDark, page) in new[] { (false, PagePalette.Light.Page), (true, PagePalette.Dark.Page) })
        {
            var colors = Variables(css, isDark);
            Assert.Equal(HtmlStyle.Colors, colors.Count);
            Assert.Equal(HtmlStyle.Colors, colors.Distinct().Count());
            Assert.All(colors, color =>
                Assert.True(
                    Contrast.Ratio(color, page) >= 3, $"{color} on {(isDark ? "dark" : "light")}: {Contrast.Ratio(color, page):0.00}"));
        }

        // Two models with seven methods each: no colour twice.
        var series = Enumerable.Range(0, 14).Select(i => new ChartSeries($"s{i}", [new(0, i), new(1, i)])).ToArray();
        var html = Parse(new HtmlReport("t").With(section => section.Chart(new("c", new("x"), new("y"), series))).ToHtml());
        var used = html.Descendants("g").Where(g => g.Element("title") is not null).Select(g => g.Attribute("class")!.Value).ToArray();
        Assert.Equal(14, used.Distinct().Count());
    }

    [Fact]
    public void A_curve_has_the_same_colour_in_every_chart_of_a_page()
    {
        LineChart Of(params string[] names)
            => new("c", new("x"), new("y"), [.. names.Select(name => new ChartSeries(name, [new(0, 1), new(1, 2)]))]);
        var page = Parse(new HtmlReport("t").With(section => section.Chart(Of("a", "b", "c")).Chart(Of("c", "d", "a"))).ToHtml());
        var curves = page.Descendants("g")
            .Where(g => g.Element("title") is not null)
            .Select(g => (g.Element("title")!.Value, g.Attribute("class")!.Value));
        Assert.Equal([("a", "c0"), ("b", "c1"), ("c", "c2"), ("c", "c2"), ("d", "c3"), ("a", "c0")], curves);

        // The legend of the second chart has the same colours.
        var legends = page.Descendants("ul").Last(list => list.Attribute("class")?.Value == "series").Elements("li")
            .Select(item => (item.Element("span")!.Value, item.Element("svg")!.Attribute("class")!.Value));
        Assert.Equal([("c", "swatch c2"), ("d", "swatch c3"), ("a", "swatch c0")], legends);
    }

    [Fact]
    public void A_curve_goes_through_its_points()
    {
        var chart = new LineChart(
            "c",
            new("x") { Minimum = 0, Maximum = 10 },
            new("y") { Minimum = 0, Maximum = 100 },
            [new("a", [new(0, 0), new(5, 50), new(10, 100)])]);
        var page = Parse(new HtmlReport("t").With(section => section.Chart(chart)).ToHtml());
        var curve = page.Descendants("path").First(path => path.Attribute("class")!.Value == "curve").Attribute("d")!.Value;
        Assert.Equal("M84 314L394 164L704 14", curve);
    }

    [Fact]
    public void An_axis_has_round_numbers_and_a_label_with_its_unit()
    {
        var page = Parse(SampleReport.Make().ToHtml());
        var texts = page.Descendants("svg").First().Descendants("text").Select(text => text.Value).ToArray();
        Assert.Contains("Erased pixels (%)", texts);
        Assert.Contains("Accuracy (%)", texts);
        Assert.Contains("0", texts);
        Assert.Contains("20", texts);
        Assert.Contains("80", texts);
        var legend = page.Descendants("ul").First(list => list.Attribute("class")?.Value == "series")
            .Descendants("li").Select(entry => entry.Value).ToArray();
        foreach (var name in new[] { "attribution", "rollout", "raw", "random (control)" })
        {
            Assert.Contains(name, legend);
        }
    }

    [Fact]
    public void Intervals_are_bands_and_gaps_are_gaps()
    {
        ChartPoint[] points = [new(0, 1, 0.5, 1.5), new(1, 2, 1.5, 2.5), new(2, double.NaN), new(3, 2), new(4, 1)];
        var page = Parse(new HtmlReport("t").With(section => section.Chart(new("c", new("x"), new("y"), [new("a", points)]))).ToHtml());
        var curve = page.Descendants("path").First(path => path.Attribute("class")!.Value == "curve").Attribute("d")!.Value;
        Assert.Equal(2, curve.Count(c => c == 'M'));
        Assert.Equal(2, curve.Count(c => c == 'L'));
        Assert.Equal(4, Only(page, "polygon").Attribute("points")!.Value.Split(' ').Length);
    }

    [Theory]
    [InlineData()]
    [InlineData(5.0)]
    [InlineData(0.0, 0.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity, 1.0)]
    [InlineData(1e300, -1e300)]
    [InlineData(1e-300, 2e-300)]
    [InlineData(1.0, 1.0000000000000002)]
    [InlineData(1e308, -1e308)]
    [InlineData(0.0, double.Epsilon)]
    public void Any_values_can_be_drawn(params double[] values)
    {
        var chart = new LineChart(
            "c", new("x"), new("y"), [new("a", [.. values.Select((value, i) => new ChartPoint(i, value, value, value))]), new("none", [])]);
        var page = Parse(new HtmlReport("t").With(section => section.Chart(chart)).ToHtml());
        Assert.DoesNotContain(
            page.Descendants("svg").Descendants().Attributes().Where(a => a.Name.LocalName is "d" or "points" or "x1" or "y1"),
            attribute => attribute.Value.Contains("NaN", StringComparison.Ordinal) || attribute.Value.Contains('∞'));
    }

    [Fact]
    public void A_picture_is_in_the_page_byte_for_byte()
    {
        var image = new RgbImage(3, 2, [.. Enumerable.Range(0, 18).Select(i => (byte)(i * 13))]);
        var page = Parse(new HtmlReport("t").With(section => section.Pictures(new ReportPicture(image, "caption", "words"))).ToHtml());
        var tag = Only(page, "img");
        Assert.Equal(("3", "2", "words"), (tag.Attribute("width")!.Value, tag.Attribute("height")!.Value, tag.Attribute("alt")!.Value));
        Assert.Equal(image.Pixels, ImageFile.Decode(Convert.FromBase64String(tag.Attribute("src")!.Value.Split(',')[1])).Pixels);
        Assert.Throws<ArgumentException>(() => new ReportPicture([1, 2, 3], "a", "b"));
    }

    [Fact]
    public void Equal_reports_are_equal_files()
    {
        using var folder = new TemporaryFolder();
        SampleReport.Make().Save(folder.File("a.html"));
        Assert.Equal(SampleReport.Make().ToHtml(), File.ReadAllText(folder.File("a.html")));
    }

    [Fact]
    public void An_empty_report_is_a_page()
    {
        Assert.Equal("t", Only(Parse(new HtmlReport("t").ToHtml()), "h1").Value);
    }

    private static XElement Parse(string html)
    {
        Assert.StartsWith("<!DOCTYPE html>\n<html", html, StringComparison.Ordinal);
        return XElement.Parse(html["<!DOCTYPE html>\n".Length..]);
    }

    // The first of --cN is for light pages, the second for dark ones.
    private static List<(byte Red, byte Green, byte Blue)> Variables(string css, bool isDark) =>
    [
        .. Enumerable.Range(0, HtmlStyle.Colors).Select(i =>
        {
            var value = CurveColor().Matches(css).Where(match => match.Groups["index"].Value == $"{i}").ElementAt(isDark
                ? 1
                : 0).Groups["value"].Value;
            var parts = value[0] == '#'
                ? Convert.FromHexString(value[1..])
                : [.. value[4..^1].Split(' ').Select(part => byte.Parse(part, CultureInfo.InvariantCulture))];
            return (parts[0], parts[1], parts[2]);
        }),
    ];

    private static XElement Only(XElement page, string name) => Assert.Single(page.Descendants(name));

    [GeneratedRegex(
        @"--c(?<index>\d+): (?<value>#[0-9a-f]{6}|rgb\([0-9 ]+\));", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex CurveColor();

    [GeneratedRegex("<(?<name>[a-z0-9]+)[^<>]*/>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex SelfClosed();
}
