using System.Globalization;
using Mambascope.Cli;
using Microsoft.Playwright;
using Xunit;

namespace Mambascope.BrowserTests;

/// <summary>What can be done with a picture.</summary>
public sealed class PicturePageTests(Browser browser) : IClassFixture<Browser>
{
    private const string Canvas = "[data-stage='first'] .picture canvas";

    [Fact]
    public async Task Another_answer_has_another_map_and_the_address_keeps_it()
    {
        await using var page = await browser.Open();
        var sandal = await Pixels(page);
        await Ask(page, "Trouser");
        Assert.Equal("#t=1", page.Hash);
        Assert.NotEqual(sandal, await Pixels(page));
        var trouser = await Pixels(page);
        await page.Page.ReloadAsync();
        await page.Settled();
        await page.Page.WaitForFunctionAsync("() => document.querySelector('.chart')");
        Assert.Equal(trouser, await Pixels(page));
        await page.Page.GoBackAsync();
        await page.Settled();
        Assert.Equal("", page.Hash);
        page.AssertClean();
    }

    [Fact]
    public async Task A_threshold_makes_a_mask_and_boxes()
    {
        await using var page = await browser.Open();
        await page.Page.GetByLabel("Mask and boxes").CheckAsync();
        await page.Settled();
        await Assertions.Expect(page.Page.GetByText("above the threshold")).ToBeVisibleAsync();
        var before = await page.Page.GetByText("above the threshold").InnerTextAsync();
        await page.Page.GetByLabel("Threshold").FillAsync("0.8");
        await page.Settled();
        Assert.NotEqual(before, await page.Page.GetByText("above the threshold").InnerTextAsync());
        Assert.Contains("thr=0.8", page.Hash, StringComparison.Ordinal);
        page.AssertClean();
    }

    [Fact]
    public async Task Hovering_shows_what_a_patch_takes_and_a_click_pins_it()
    {
        await using var page = await browser.Open("#tool=look");
        var ofClassToken = await Pixels(page);
        await page.Page.HoverAsync(Canvas, new() { Position = new() { X = 100, Y = 100 } });
        Assert.NotEqual(ofClassToken, await Pixels(page));
        await Assertions.Expect(page.Page.Locator(".told").First).ToContainTextAsync("takes most from");
        await page.Page.ClickAsync(Canvas, new() { Position = new() { X = 100, Y = 100 } });
        await page.Settled();
        Assert.Contains("pin=", page.Hash, StringComparison.Ordinal);
        await page.Press("gives to");
        await Assertions.Expect(page.Page.Locator(".told").First).ToContainTextAsync("takes most from the");
        await page.Press("layer 2, backward");
        Assert.Contains("layer=2", page.Hash, StringComparison.Ordinal);
        Assert.Contains("dir=backward", page.Hash, StringComparison.Ordinal);
        page.AssertClean();
    }

    [Fact]
    public async Task Patches_can_be_knocked_out_with_the_keyboard_alone()
    {
        await using var page = await browser.Open("#tool=without");
        await page.Page.FocusAsync(Canvas);
        await page.Page.Keyboard.PressAsync("ArrowRight");
        await page.Page.Keyboard.PressAsync("ArrowDown");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Settled();
        Assert.Contains("out=14", page.Hash, StringComparison.Ordinal);
        await page.Press("Knock out what the map names");
        await Assertions.Expect(page.Page.GetByText("20 of 196 patches")).ToBeVisibleAsync();
        await page.Settled();
        var after = await page.Page.Locator("[aria-label='Answers before and after'] b").First.InnerTextAsync();
        await page.Press("Put all back");
        Assert.NotEqual(after, await page.Page.Locator("[aria-label='Answers before and after'] b").First.InnerTextAsync());
        page.AssertClean();
    }

    [Fact]
    public async Task Another_model_stands_beside_the_first()
    {
        await using var page = await browser.Open("#tool=look", width: 1500, height: 1150);
        await page.Press("Set another model beside it");
        Assert.Equal(2, await page.Page.Locator(".stage").CountAsync());
        await Assertions.Expect(page.Page.GetByText("Softmax attention: hover")).ToBeVisibleAsync();
        await page.Picture("explorer.beside");
        await page.Press("Take it away");
        Assert.Equal(1, await page.Page.Locator(".stage").CountAsync());
        page.AssertClean();
    }

    [Fact]
    public async Task A_file_of_ones_own_is_looked_at()
    {
        await using var page = await browser.Open();
        var file = Path.Combine(Root, "samples", "scenes", "06-dress.png");
        await page.Page.SetInputFilesAsync("input[type=file]", file);
        await page.Page.WaitForFunctionAsync("() => location.hash.includes('p=')");
        await page.Settled();
        await Assertions.Expect(page.Page.Locator(".toast")).ToContainTextAsync("06-dress.png: 56 × 56");
        await page.Page.SetInputFilesAsync("input[type=file]", Path.Combine(Root, "README.md"));
        await Assertions.Expect(page.Page.Locator(".toast")).ToContainTextAsync("expected a PNG");
    }

    [Theory]
    [InlineData("#t=1&method=attribution&thr=0.5")]
    [InlineData("#tool=look&layer=3&dir=backward&part=block")]
    [InlineData("#tool=look&m=demo-deit&unit=1")]
    public async Task The_command_line_that_is_copied_runs(string view)
    {
        await using var page = await browser.Open(view);
        var words = (await page.Copied("Copy as command line")).Split(' ');
        Assert.Equal("mambascope", words[0]);
        var folder = Directory.CreateTempSubdirectory("mambascope-browser-");
        try
        {
            string[] arguments = [.. words[1..].Select(word => word switch
            {
                _ when word.StartsWith("samples/", StringComparison.Ordinal) => Path.Combine(Root, word),
                "mask.png" or "boxes.json" => Path.Combine(folder.FullName, word),
                _ => word,
            }), "--out", Path.Combine(folder.FullName, "out.png")];
            using var error = new StringWriter();
            Assert.True(CommandLineTool.Run(arguments, TextWriter.Null, error) == 0, error.ToString());
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Assert.Contains("using var model = ImageClassifier.Open(", await page.Copied("Copy as C#"), StringComparison.Ordinal);
        page.AssertClean();
    }

    [Fact]
    public async Task A_view_is_saved()
    {
        await using var page = await browser.Open();
        await page.AssertSaves("Save picture (PNG)", ".png");
        await page.AssertSaves("Save picture (SVG)", ".svg");
        await page.AssertSaves("Save numbers (JSON)", ".json");
        page.AssertClean();
    }

    [Fact]
    public async Task The_tour_sees_what_was_done()
    {
        await using var page = await browser.Open();
        await page.Press("Tour", isExact: true);
        await Do(page, () => Ask(page, "Trouser"));
        await Do(page, () => Count(page));
        await Do(page, () => page.Page.ClickAsync(Canvas, new() { Position = new() { X = 300, Y = 290 } }));
        await Do(page, () => page.Press("layer 4, forward"));
        await Do(page, () => page.Page.ClickAsync(Canvas, new() { Position = new() { X = 300, Y = 290 } }));
        await Do(page, () => page.Press("Set another model beside it"));
        await page.Page.Locator(".arcs path").First.DispatchEventAsync("click");
        await Assertions.Expect(page.Page.Locator(".task.solved")).ToBeVisibleAsync();
        await page.Press("Finish");
        Assert.Equal(0, await page.Page.Locator(".tour").CountAsync());
        page.AssertClean();
    }

    internal static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder!.FullName, "Mambascope.slnx")))
            {
                folder = folder.Parent;
            }

            return folder.FullName;
        }
    }

    // The channel made by hand: 0110010110 becomes 0111110110, and the row of token 5 is the run of five ones.
    private static async Task Count(OpenPage page)
    {
        Assert.Equal(["0", "1", "1"], (await Row(page, 2)).Where(weight => weight.Length > 0));
        await page.Press("token 3 is 0");
        await page.Press("token 4 is 0");
        Assert.Equal(["0", "1", "1", "1", "1", "1"], (await Row(page, 5)).Where(weight => weight.Length > 0));
        Assert.Equal("= 5", await page.Page.Locator(".count [data-row='5'] th").TextContentAsync());
        for (var token = 0; token < 10; token++)
        {
            // alpha x = y, and x is 1 wherever a weight is.
            var sum = (await Row(page, token)).Sum(weight => weight.Length > 0 ? int.Parse(weight, CultureInfo.InvariantCulture) : 0);
            Assert.Equal($"= {sum}", await page.Page.Locator($".count [data-row='{token}'] th").TextContentAsync());
        }
    }

    private static async Task<IReadOnlyList<string>> Row(OpenPage page, int token)
        => await page.Page.Locator($".count [data-row='{token}'] td").AllTextContentsAsync();

    private static async Task Ask(OpenPage page, string answer)
    {
        await page.Page.Locator("[aria-label='Answers'] button", new() { HasText = answer }).ClickAsync();
        await page.Settled();
    }

    private static async Task Do(OpenPage page, Func<Task> task)
    {
        await page.Settled();
        Assert.Equal(0, await page.Page.Locator(".task.solved").CountAsync());
        await task();
        await Assertions.Expect(page.Page.Locator(".task.solved")).ToBeVisibleAsync();
        await page.Settled();
        await page.Press("Next", isExact: true);
    }

    private static Task<string> Pixels(OpenPage page)
        => page.Page.EvaluateAsync<string>($"document.querySelector(\"{Canvas}\").toDataURL()");
}
