using System.Globalization;
using Mambascope.Cli;
using Microsoft.Playwright;
using Xunit;

namespace Mambascope.BrowserTests;

/// <summary>What can be done with a series, by the model of motifs, whose truth is known.</summary>
public sealed class SeriesPageTests(Browser browser) : IClassFixture<Browser>
{
    private const string Series = "#view=series&s=0-4";
    private const string Strips = "[data-stage='first'] .heat";

    [Fact]
    public async Task Curve_truth_and_strips_stand_under_each_other_and_the_strongest_step_is_a_true_one()
    {
        await using var page = await browser.Open(Series + "&smethods=mamba-lrp,occlusion");
        await page.Picture("explorer.series");
        Assert.Equal(1, await page.Page.Locator("[data-stage='first'] .curve-row .curve").CountAsync());
        Assert.Equal(2, await page.Page.Locator(Strips).CountAsync());
        Assert.Equal(16, await page.Page.Locator("[data-stage='first'] .truth").CountAsync());
        var labels = await page.Page.Locator(Strips).First.GetAttributeAsync("aria-label");
        var strongest = int.Parse(labels!.Split("step ")[1], CultureInfo.InvariantCulture);
        var places = await page.Page.Locator("[data-stage='first'] .truth")
            .EvaluateAllAsync<double[]>("all => all.map((one) => +one.getAttribute('x'))");
        var step = 1000.0 / 128;
        Assert.InRange(strongest, Math.Floor(places.Min() / step), Math.Ceiling(places.Max() / step));
        page.AssertClean();
    }

    [Fact]
    public async Task Another_answer_has_another_map()
    {
        await using var page = await browser.Open(Series);
        var before = await Colours(page);
        await page.Page.Locator("[aria-label='Answers'] button").Nth(2).ClickAsync();
        await page.Settled();
        Assert.Contains("st=", page.Hash, StringComparison.Ordinal);
        Assert.NotEqual(before, await Colours(page));
        await page.Press("Back to the most likely answer");
        Assert.Equal(before, await Colours(page));
        page.AssertClean();
    }

    [Fact]
    public async Task A_step_that_is_clicked_shows_what_it_takes_in_the_layer_that_is_chosen()
    {
        await using var page = await browser.Open(Series);
        var strips = await page.Page.Locator(Strips).CountAsync();
        await page.Page.Locator("[data-stage='first'] .curve-row svg").ClickAsync();
        await page.Settled();
        Assert.Contains("spin=6", page.Hash, StringComparison.Ordinal); // the middle of 128 steps
        Assert.Equal(strips + 1, await page.Page.Locator(Strips).CountAsync());
        var last = await page.Page.Locator(Strips).Last.EvaluateAsync<string>("canvas => canvas.toDataURL()");
        await page.Page.Locator("[data-key='Layer']").SelectOptionAsync("0");
        await page.Settled();
        Assert.NotEqual(last, await page.Page.Locator(Strips).Last.EvaluateAsync<string>("canvas => canvas.toDataURL()"));
        await page.Press("Unpin");
        Assert.Equal(strips, await page.Page.Locator(Strips).CountAsync());
        page.AssertClean();
    }

    [Fact]
    public async Task Keys_move_from_step_to_step_and_pin_one()
    {
        await using var page = await browser.Open(Series);
        await page.Page.Locator("[data-stage='first'] .series-plot").FocusAsync();
        await page.Page.Keyboard.PressAsync("PageDown");
        await page.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(page.Page.Locator("[data-stage='first'] .told")).ToContainTextAsync("step 10: value ");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Settled();
        Assert.Contains("spin=10", page.Hash, StringComparison.Ordinal);
        page.AssertClean();
    }

    [Fact]
    public async Task A_transformer_stands_beside_the_scan_and_another_case_is_one_click_away()
    {
        await using var page = await browser.Open(Series);
        await page.Press("Set another model beside it");
        Assert.Equal(2, await page.Page.Locator(".stage .curve-row .curve").CountAsync());
        await page.Page.Locator("[data-key='case-0-7']").ClickAsync();
        await page.Settled();
        Assert.Contains("s=0-7", page.Hash, StringComparison.Ordinal);
        await page.Press("Take it away");
        Assert.Equal(1, await page.Page.Locator(".stage .curve-row .curve").CountAsync());
        page.AssertClean();
    }

    [Fact]
    public async Task What_is_seen_can_be_saved()
    {
        await using var page = await browser.Open(Series + "&spin=60");
        await page.AssertSaves("Save picture (PNG)", ".png");
        await page.AssertSaves("Save picture (SVG)", ".svg");
        await page.AssertSaves("Save numbers (JSON)", ".json");
        page.AssertClean();
    }

    [Fact]
    public async Task The_command_line_that_is_copied_runs()
    {
        await using var page = await browser.Open(Series + "&spin=60&slayer=1");
        var lines = (await page.Copied("Copy as command line")).Split('\n');
        Assert.Equal(2, lines.Length); // why, and what the step takes
        var folder = Directory.CreateTempSubdirectory("mambascope-browser-");
        try
        {
            foreach (var (i, line) in lines.Index())
            {
                string[] arguments =
                    [.. line.Split(' ')[1..].Select(word => word.Trim('\'')), "--out", Path.Combine(folder.FullName, $"{i}.png")];
                using var error = new StringWriter();
                Assert.True(CommandLineTool.Run(arguments, TextWriter.Null, error) == 0, $"{line}: {error}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        page.AssertClean();
    }

    private static async Task<string> Colours(OpenPage page)
        => await page.Page.Locator(Strips).First.EvaluateAsync<string>("canvas => canvas.toDataURL()");
}
