using System.Globalization;
using Mambascope.Application;
using Mambascope.Cli;
using Mambascope.Explorer.Saving;
using Mambascope.Imaging;
using Mambascope.Models;
using Microsoft.Playwright;
using Xunit;

namespace Mambascope.BrowserTests;

/// <summary>A page of <c>explain --out page.html</c>, opened from a disk: all that can be seen without the model, and no request.</summary>
public sealed class SavedPageTests(Browser browser, SavedPages saved) : IClassFixture<Browser>, IClassFixture<SavedPages>
{
    private const string Canvas = ".picture canvas";

    [Fact]
    public async Task A_picture_has_its_maps_its_slider_and_its_curve()
    {
        await using var page = await browser.OpenFile(saved.Picture);
        await page.Page.WaitForSelectorAsync(".chart");
        await page.Picture("explorer.saved");
        var first = await Pixels(page);
        await page.Press("attribution");
        Assert.NotEqual(first, await Pixels(page));
        await page.Page.GetByLabel("Mask and boxes").CheckAsync();
        await page.Settled();
        var before = await page.Page.GetByText("above the threshold").InnerTextAsync();
        await page.Page.GetByLabel("Threshold").FillAsync("0.15");
        await page.Settled();
        Assert.NotEqual(before, await page.Page.GetByText("above the threshold").InnerTextAsync());
        await page.Press("original");
        Assert.Contains("frame=original", page.Hash, StringComparison.Ordinal);
        page.AssertClean();
    }

    [Fact]
    public async Task What_it_shows_is_what_the_live_page_shows()
    {
        const string View = "methods=mamba-lrp,attribution&method=attribution&thr=0.3";
        await using var page = await browser.OpenFile(saved.Picture, "#method=attribution&thr=0.3");
        await using var live = await browser.Open($"#{View}");
        foreach (var one in new[] { page, live })
        {
            await one.Page.WaitForSelectorAsync(".chart");
        }

        Assert.Equal(await Pixels(live), await Pixels(page));
        Assert.Equal(
            await live.Page.Locator(".chart path").First.GetAttributeAsync("d"),
            await page.Page.Locator(".chart path").First.GetAttributeAsync("d"));
    }

    [Theory]
    [InlineData("layer=3&dir=both")]
    [InlineData("layer=6&dir=backward&part=block&pin=60&how=gives")]
    public async Task Attention_of_a_patch_is_that_of_the_live_page_to_what_sixteen_bits_can_say(string view)
    {
        await using var page = await browser.OpenFile(saved.Picture, $"#tool=look&{view}");
        await using var live = await browser.Open($"#tool=look&{view}");
        var (found, expected) = (await Legend(page), await Legend(live));
        Assert.Equal(expected, found);
        var (a, b) = (await Colours(page), await Colours(live));
        Assert.True(a.Zip(b).Average(pair => Math.Abs(pair.First - pair.Second)) < 1, "the pictures differ");
        page.AssertClean();

        static Task<string> Legend(OpenPage page) => page.Page.Locator(".told").First.InnerTextAsync();
    }

    [Fact]
    public async Task Hovering_and_pinning_a_patch_shows_rows_of_every_layer()
    {
        await using var page = await browser.OpenFile(saved.Picture, "#tool=look");
        var whole = await Pixels(page);
        await page.Page.HoverAsync(Canvas, new() { Position = new() { X = 100, Y = 100 } });
        Assert.NotEqual(whole, await Pixels(page));
        await Assertions.Expect(page.Page.Locator(".told").First).ToContainTextAsync("takes most from");
        var strip = await Strip(page);
        await page.Page.FocusAsync(Canvas);
        await page.Page.Keyboard.PressAsync("ArrowRight");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Settled();
        Assert.Contains("pin=", page.Hash, StringComparison.Ordinal);
        Assert.NotEqual(strip, await Strip(page));
        await page.Press("layer 2, backward");
        Assert.Contains("layer=2", page.Hash, StringComparison.Ordinal);
        page.AssertClean();

        static Task<string> Strip(OpenPage page)
            => page.Page.EvaluateAsync<string>("[...document.querySelectorAll('.strip canvas')].map(one => one.toDataURL()).join()");
    }

    [Fact]
    public async Task What_needs_the_model_says_so_and_names_the_command_that_opens_it()
    {
        await using var page = await browser.OpenFile(saved.Picture);
        await page.PressInVain(page.Button("Trouser"));
        await page.PressInVain(page.Button("Knock out"));
        Assert.Equal("", page.Hash);
        await page.Press("Attention");
        await page.Press("layer 2, backward");
        await page.Press("Copy", isExact: true);
        await page.Page.WaitForTimeoutAsync(200);
        var line = await page.Page.EvaluateAsync<string>("navigator.clipboard.readText()");
        Assert.Equal(
            $"mambascope explore demo-vim --picture {SavedPages.Sample} "
                + "--view 'tool=look&methods=mamba-lrp%2Cattribution&layer=2&dir=backward'",
            line);
        page.AssertClean();
    }

    [Fact]
    public async Task The_command_that_it_names_opens_the_same_view()
    {
        await using var page = await browser.OpenFile(saved.Picture, "#tool=look&layer=2&dir=forward&pin=60");
        var words = (await page.Page.Locator(".held code").InnerTextAsync()).Split(" --view ");
        var (server, live) = await browser.OpenOther(options => options with { Pictures = [SavedPages.Sample] }, $"#{words[1].Trim('\'')}");
        await using (server)
        await using (live)
        {
            Assert.Equal("two-items.png", await live.Page.Locator(".gallery button").First.GetAttributeAsync("title"));
            Assert.Equal(
                await page.Page.Locator(".told").First.InnerTextAsync(), await live.Page.Locator(".told").First.InnerTextAsync());
            live.AssertClean();
        }
    }

    [Fact]
    public async Task What_did_not_fit_is_said_and_cannot_be_chosen()
    {
        using var model = ImageClassifier.Open("demo-vim");
        var picture = new PictureSubject(SavedPages.Sample, model.Preprocess(ImageFile.Read(SavedPages.Sample).Image));
        var saving = SavedPage.Of(Explaining.Explain<float>(model, picture, new()), new() { Most = 1 << 20 });
        await using var page = await browser.OpenFile(saved.Of("small", saving), "#tool=look");
        await Assertions
            .Expect(page.Page.GetByText("Left out, so that the file stays small"))
            .ToContainTextAsync("of 32 matrices of layers");
        await page.PressInVain(page.Button("layer 0, forward"), "not in the file");
        await page.Page.ClickAsync(Canvas, new() { Position = new() { X = 100, Y = 100 } });
        await page.Settled();
        Assert.Contains("pin=", page.Hash, StringComparison.Ordinal);
        await Assertions.Expect(page.Page.GetByText("What the pinned patch takes, layer by layer")).ToBeVisibleAsync();
        page.AssertClean();
    }

    [Fact]
    public async Task Of_a_hybrid_it_says_through_which_parts_of_the_layers()
    {
        var file = saved.Saved("hybrid", "--text", "To be, or not to b", "--model", "demo-hybrid", "--method", "mamba-lrp", "--sanity");
        await using var page = await browser.OpenFile(file);
        await Assertions.Expect(page.Page.GetByText("Through which parts of the layers")).ToBeVisibleAsync();
        Assert.True(await page.Page.Locator(".share").CountAsync() > 6);
        await Assertions.Expect(page.Page.GetByText("Shuffled weights keep")).ToBeVisibleAsync();
        await page.AssertAccessible();
        page.AssertClean();
    }

    [Fact]
    public async Task A_text_has_its_tokens_arcs_and_matrices()
    {
        await using var page = await browser.OpenFile(saved.Text);
        await Assertions.Expect(page.Page.Locator(".arcs")).ToBeVisibleAsync();
        var first = await page.Page.Locator(".tokens button").First.GetAttributeAsync("aria-label");
        await page.Page.Locator("[data-key='Method']").SelectOptionAsync("rollout");
        await page.Settled();
        Assert.NotEqual(first, await page.Page.Locator(".tokens button").First.GetAttributeAsync("aria-label"));
        await page.Page.Locator("[data-key='Between']").SelectOptionAsync("word");
        await page.Page.Locator("[data-key='Layer']").SelectOptionAsync("1");
        await page.Settled();
        await page.Press("Matrix");
        await page.Page.Locator(".matrix canvas").HoverAsync();
        await page.PressInVain(page.Page.Locator(".tokens button").First);
        Assert.DoesNotContain("pos=", page.Hash, StringComparison.Ordinal);
        await Assertions.Expect(page.Page.Locator("#text")).ToHaveValueAsync("To be, or not to b");
        page.AssertClean();
    }

    [Fact]
    public async Task Words_take_from_each_other_what_they_do_in_the_live_page()
    {
        const string View = "#view=text&tlayer=2&blocks=word&which=all&edges=6";
        await using var page = await browser.OpenFile(saved.Text, View);
        await using var live = await browser.Open(View);
        var (found, expected) = (await Arcs(page), await Arcs(live));
        Assert.Equal(6, found.Length);
        Assert.Equal(expected, found);

        static async Task<string[]> Arcs(OpenPage page)
        {
            var all = await page.Page.Locator(".arcs path")
                .EvaluateAllAsync<string[]>("all => all.map((one) => one.getAttribute('aria-label'))");
            return [.. all.Select(words => string.Join(' ', words.Split(' ').Select(Rounded)))];
        }

        static string Rounded(string word)
            => double.TryParse(word, CultureInfo.InvariantCulture, out var number)
                ? number.ToString("G2", CultureInfo.InvariantCulture)
                : word;
    }

    [Fact]
    public async Task A_series_has_its_curve_its_strips_and_the_steps_that_decide()
    {
        await using var page = await browser.OpenFile(saved.Series);
        Assert.Equal(2, await page.Page.Locator(".heat").CountAsync());
        Assert.Equal(16, await page.Page.Locator(".truth").CountAsync());
        await page.Page.Locator(".curve-row svg").ClickAsync();
        await page.Settled();
        Assert.Equal(3, await page.Page.Locator(".heat").CountAsync());
        await page.Page.Locator("[data-key='Layer']").SelectOptionAsync("0");
        await page.Settled();
        page.AssertClean();
    }

    [Theory]
    [InlineData("picture", "")]
    [InlineData("picture", "#tool=look&pin=60")]
    [InlineData("text", "")]
    [InlineData("text", "#view=text&panel=matrix&blocks=word")]
    [InlineData("series", "#spin=60")]
    public async Task It_is_for_every_eye_and_every_width(string name, string view)
    {
        var file = name == "picture" ? saved.Picture : name == "text" ? saved.Text : saved.Series;
        foreach (var (width, scheme) in new[] { (1400, ColorScheme.Light), (360, ColorScheme.Dark) })
        {
            await using var page = await browser.OpenFile(file, view, width, scheme: scheme);
            await page.AssertAccessible();
            var wide = await page.Page.EvaluateAsync<int>(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(wide <= 0, $"{wide} pixels too wide at {width}");
            page.AssertClean();
        }
    }

    [Fact]
    public async Task Pictures_and_numbers_can_be_saved_and_the_copied_command_line_runs()
    {
        await using var page = await browser.OpenFile(saved.Picture);
        await page.Page.WaitForSelectorAsync(".chart");
        await page.AssertSaves("Save picture (PNG)", ".png");
        await page.AssertSaves("Save picture (SVG)", ".svg");
        await page.AssertSaves("Save numbers (JSON)", ".json");
        var words = (await page.Copied("Copy as command line")).Split(' ')[1..];
        using var error = new StringWriter();
        var picture = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.png");
        Assert.True(CommandLineTool.Run([.. words, "--out", picture], TextWriter.Null, error) == 0, error.ToString());
        File.Delete(picture);
        page.AssertClean();
    }

    [Fact]
    public async Task Nothing_that_is_called_like_a_script_is_one()
    {
        const string Evil = "</script><img src=x onerror=alert(1)><script>alert(2)</script>";
        var text = saved.Saved("evil", "--text", Evil, "--method", "raw");
        await using var page = await browser.OpenFile(text);
        var asked = false;
        page.Page.Dialog += (_, dialog) => asked = true;
        await Assertions.Expect(page.Page.Locator("#text")).ToHaveValueAsync(Evil);
        await page.Page.ReloadAsync();
        await page.Settled();
        Assert.False(asked);
        Assert.Equal(2, await page.Page.Locator("script").CountAsync());
        Assert.Equal(0, await page.Page.Locator("img[src='x']").CountAsync());
        page.AssertClean();
    }

    private static Task<string> Pixels(OpenPage page)
        => page.Page.EvaluateAsync<string>("document.querySelector('.picture canvas').toDataURL()");

    private static Task<int[]> Colours(OpenPage page)
        => page.Page.EvaluateAsync<int[]>(
            """
            () => {
                const canvas = document.querySelector('.picture canvas');
                return [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data];
            }
            """);
}
