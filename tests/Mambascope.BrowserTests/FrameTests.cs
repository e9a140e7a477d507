using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;
using Xunit;

namespace Mambascope.BrowserTests;

/// <summary>
/// How soon the page is there, and how many frames a second it draws under a hand that moves. Figures for docs/explorer.md, no assertions:
/// a machine may be busy. <c>MAMBASCOPE_FRAMES=1 dotnet Mambascope.BrowserTests.dll -class Mambascope.BrowserTests.FrameTests</c>, on a
/// machine with nothing else to do.
/// </summary>
public sealed class FrameTests(Browser browser) : IClassFixture<Browser>
{
    private const int Tokens = 4096;
    private static readonly TimeSpan each = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task The_page_and_its_first_map()
    {
        SkipUnlessAsked();
        for (var i = 0; i < 5; i++)
        {
            await using var page = await browser.Open("", watch: Watch);
            await page.Page.WaitForFunctionAsync("() => window.firstMap > 0");
            var paint = await page.Page.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0].startTime");
            var map = await page.Page.EvaluateAsync<double>("window.firstMap");
            Say($"first paint after {paint:0} ms, first map after {map:0} ms");
        }
    }

    [Fact]
    public async Task The_hand_over_a_picture()
    {
        SkipUnlessAsked();
        foreach (var view in new[] { "", "#tool=look", "#tool=look&m2=demo-deit" })
        {
            await using var page = await browser.Open(view);
            Say($"over the picture ({(view.Length > 0 ? view : "why")}): {await Frames(page, ".picture canvas", Sweep)}");
        }
    }

    [Fact]
    public async Task The_hand_over_a_series()
    {
        SkipUnlessAsked();
        await using var page = await browser.Open("#view=series&s=0-4");
        Say($"over a series: {await Frames(page, ".curve-row svg", Sweep)}");
    }

    [Fact]
    public async Task The_hand_over_a_matrix_of_4096_tokens()
    {
        SkipUnlessAsked();
        var words = string.Concat(Enumerable.Repeat("To be, or not to be, that is the question: ", 100))[..Tokens];
        var watch = Stopwatch.StartNew();
        await using var page = await browser.Open("#view=text&panel=matrix&text=" + Uri.EscapeDataString(words), height: 1500);
        Say($"a matrix of {Tokens} tokens is there after {watch.Elapsed.TotalSeconds:0.0} s, computed by the model");
        await page.Page.WaitForTimeoutAsync(1500); // until it is laid out and the garbage of reading is gone
        Say($"over the whole matrix: {await Frames(page, ".matrix canvas", Sweep)}");
        Say($"zooming: {await Frames(page, ".matrix canvas", async (mouse, i, _) => await mouse.WheelAsync(0, i % 120 < 60 ? -40 : 40))}");
        foreach (var zoom in new[] { 0.6, 2.5, 8 })
        {
            await page.Page.Locator(".matrix canvas").FocusAsync();
            await page.Page.Keyboard.PressAsync("0");
            await page.Page.Mouse.WheelAsync(0, (float)(-400 * Math.Log(zoom * 4)));
            await page.Page.WaitForTimeoutAsync(300);
            var panned = await Frames(page, ".matrix canvas", Drag);
            Say(string.Create(CultureInfo.InvariantCulture, $"panning, {zoom:0.0} pixels of the canvas a token: {panned}"));
        }
    }

    // Moves over a place in a slow spiral, as a hand does.
    private static Task Sweep(IMouse mouse, int i, LocatorBoundingBoxResult box)
        => mouse.MoveAsync(
            (float)(box.X + (box.Width * (0.5 + (0.4 * Math.Cos(i * 0.031))))),
            (float)(box.Y + (box.Height * (0.5 + (0.4 * Math.Sin(i * 0.047))))));

    // Takes hold at the right lower corner, draws to the left upper one, and lets go.
    private static async Task Drag(IMouse mouse, int i, LocatorBoundingBoxResult box)
    {
        var share = i % 60 / 60.0;
        if (i % 60 == 0)
        {
            await mouse.UpAsync();
            await mouse.MoveAsync((float)(box.X + (box.Width * 0.9)), (float)(box.Y + (box.Height * 0.9)));
            await mouse.DownAsync();
        }

        var back = i / 60 % 2 == 0 ? 0.9 - (0.7 * share) : 0.2 + (0.7 * share);
        await mouse.MoveAsync((float)(box.X + (box.Width * back)), (float)(box.Y + (box.Height * back)));
    }

    private static async Task<string> Frames(OpenPage page, string place, Func<IMouse, int, LocatorBoundingBoxResult, Task> step)
    {
        var one = page.Page.Locator(place).First;
        await one.ScrollIntoViewIfNeededAsync();
        var box = (await one.BoundingBoxAsync())!;
        await page.Page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2));
        await page.Page.EvaluateAsync(
            """
            () => {
                window.frames_ = [];
                const next = (at) => { if (window.frames_) { window.frames_.push(at); requestAnimationFrame(next); } };
                requestAnimationFrame(next);
            }
            """);
        var watch = Stopwatch.StartNew();
        for (var i = 0; watch.Elapsed < each; i++)
        {
            await step(page.Page.Mouse, i, box);
            await Task.Delay(6);
        }

        var at = await page.Page.EvaluateAsync<double[]>("() => { const found = window.frames_; window.frames_ = null; return found; }");
        await page.Page.Mouse.UpAsync();
        var times = at.Zip(at.Skip(1), (a, b) => b - a).Order().ToArray();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(at.Length - 1) * 1000 / (at[^1] - at[0]):0} frames a second; a frame takes {times[times.Length / 2]:0.0} ms in the "
                + $"median and {times[times.Length * 95 / 100]:0.0} ms at the 95th percentile");
    }

    // The legend comes with the first map.
    private const string Watch =
        """
        const look = () => {
            if (document.querySelector('.legend canvas')) window.firstMap = performance.now();
            else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
        """;

    private static void SkipUnlessAsked() => Assert.SkipUnless(
        Environment.GetEnvironmentVariable("MAMBASCOPE_FRAMES") == "1",
        "MAMBASCOPE_FRAMES=1 measures frames, on a machine with nothing else to do");

    private static void Say(string words)
    {
        Console.WriteLine(words);
        TestContext.Current.TestOutputHelper?.WriteLine(words);
    }
}
