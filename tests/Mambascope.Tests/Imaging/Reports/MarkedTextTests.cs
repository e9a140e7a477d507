using System.Xml.Linq;
using Mambascope.Imaging;
using Mambascope.Imaging.Reports;
using Xunit;

namespace Mambascope.Tests.Imaging.Reports;

public sealed class MarkedTextTests
{
    [Fact]
    public void Every_piece_has_the_depth_of_its_strength_and_the_text_is_kept_to_the_letter()
    {
        MarkedPiece[] pieces =
        [
            new("To be,\n", 1, "all"),
            new(" ", 0, "none"),
            new("<b>or</b>", -0.5, "half \"against\""),
            new("not", 0.01, "too little"),
            new("to", 7, "beyond"),
            new("be", double.NaN, "no number"),
        ];
        var report = new HtmlReport("t");
        report.Section("s").Marked(new(pieces, "-2 against", "2 for"));
        var html = report.ToHtml();
        var page = XDocument.Parse(html.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal), LoadOptions.PreserveWhitespace).Root!;
        var text = page.Descendants("div").Single(div => div.Attribute("class")?.Value == "marked");
        Assert.Equal("To be,\n <b>or</b>nottobe", text.Value);
        Assert.Equal(["p20", null, "m10", null, "p20", null], text.Elements("span").Select(span => span.Attribute("class")?.Value));
        Assert.Equal("half \"against\"", text.Elements("span").ElementAt(2).Attribute("title")!.Value);
        Assert.Contains(".p20 {", html, StringComparison.Ordinal);
        var legend = page.Descendants("p").Single(p => p.Attribute("class")?.Value == "legend").Value;
        Assert.StartsWith("-2 against", legend, StringComparison.Ordinal);
        Assert.EndsWith("2 for", legend, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Letters_can_be_read_on_every_colour_and_nothing_has_the_colour_of_the_page(bool isDark)
    {
        var page = isDark ? PagePalette.Dark : PagePalette.Light;
        Assert.Equal(page.Page, page.Behind(0));
        for (var i = 0; i < 256; i++)
        {
            var strength = ((2 * i) - 255) / 255.0;
            var ratio = Contrast.Ratio(page.Ink, page.Behind(strength));
            Assert.True(ratio >= Contrast.ForText, $"strength {strength:0.00}: contrast {ratio:0.00}");
        }

        // The page is drawn with the very colours that were measured.
        var css = HtmlStyle.Sheet + HtmlStyle.Marks + MarkedText.Styles;
        Assert.Contains($"--for: {PagePalette.Css(page.For)}; --against: {PagePalette.Css(page.Against)};", css, StringComparison.Ordinal);
        Assert.Contains(
            $"--page: #{page.Page.Red:x2}{page.Page.Green:x2}{page.Page.Blue:x2}; --ink: "
                + $"#{page.Ink.Red:x2}{page.Ink.Green:x2}{page.Ink.Blue:x2};",
            css,
            StringComparison.Ordinal);
        Assert.Contains($".p20 {{ background: rgb(var(--for) / {PagePalette.GreatestOpacity}); }}", css, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_without_marked_text_carries_none_of_its_styles()
    {
        var report = new HtmlReport("t");
        report.Section("s").Text("plain");
        Assert.DoesNotContain(".p20", report.ToHtml(), StringComparison.Ordinal);
    }
}
