using Mambascope.Cli;
using Microsoft.Playwright;
using Xunit;

namespace Mambascope.BrowserTests;

/// <summary>What can be done with a text.</summary>
public sealed class TextPageTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task A_click_on_a_token_explains_what_comes_after_it()
    {
        await using var page = await browser.Open("#view=text");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Name = "What comes after b?" })).ToBeVisibleAsync();
        await page.Page.Locator(".tokens button").Nth(4).ClickAsync();
        await page.Settled();
        Assert.Contains("pos=4", page.Hash, StringComparison.Ordinal);
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Name = "What comes after e?" })).ToBeVisibleAsync();
        page.AssertClean();
    }

    [Fact]
    public async Task One_token_can_be_asked_for_against_another()
    {
        await using var page = await browser.Open("#view=text");
        await page.Press("vs u:");
        await Assertions
            .Expect(page.Page.GetByRole(AriaRole.Heading, new() { Name = "Which tokens made it say e and not u?" }))
            .ToBeVisibleAsync();
        Assert.Contains("against=117", page.Hash, StringComparison.Ordinal);
        page.AssertClean();
    }

    [Fact]
    public async Task The_text_goes_on_step_by_step_and_back()
    {
        await using var page = await browser.Open("#view=text");
        await page.Press("+ e:");
        await Assertions.Expect(page.Page.Locator("#text")).ToHaveValueAsync("To be, or not to be");
        await page.Press("Next token");
        await page.Press("Next token");
        await Assertions.Expect(page.Page.Locator("ol.chips button")).ToHaveCountAsync(4);
        await page.Page.Locator("ol.chips button").Nth(1).ClickAsync();
        await page.Settled();
        await Assertions.Expect(page.Page.Locator("#text")).ToHaveValueAsync("To be, or not to be");
        await page.Page.Locator("ol.chips button").First.ClickAsync();
        await Assertions.Expect(page.Page.Locator("#text")).ToHaveValueAsync("To be, or not to b");
        page.AssertClean();
    }

    [Fact]
    public async Task An_edge_is_cut_with_the_keyboard_and_the_copied_command_says_the_same()
    {
        await using var page = await browser.Open("#view=text");
        await page.Page.Locator(".arcs path").First.FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Settled();
        await Assertions.Expect(page.Page.Locator("[aria-label='Next tokens with and without the edges'] li").First).ToBeVisibleAsync();
        Assert.Contains("cut=", page.Hash, StringComparison.Ordinal);
        var lines = (await page.Copied("Copy as command line")).Split('\n');
        var knockout = Assert.Single(lines, line => line.Contains(" knockout ", StringComparison.Ordinal));
        var quoted = knockout.Split('\'');
        using var error = new StringWriter();
        using var output = new StringWriter();
        string[] arguments = [.. Words(quoted[0])[1..], quoted[1], .. Words(quoted[2])];
        Assert.True(CommandLineTool.Run(arguments, output, error) == 0, error.ToString());
        var after = await page.Page.Locator("[aria-label='Next tokens with and without the edges'] b").First.InnerTextAsync();
        Assert.Contains(after[..2].Trim(), output.ToString(), StringComparison.Ordinal);
        page.AssertClean();

        static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public async Task Without_wherefore_the_question_mark_is_no_longer_expected()
    {
        const string Text = "O Romeo, Romeo! wherefore art thou Rome";
        await using var page = await browser.Open(
            $"#view=text&text={Uri.EscapeDataString(Text)}&blocks=word&all=1&next=63&cut=15-24%3E34-38", height: 1080);
        var row = await page.Page
            .Locator("[aria-label='Next tokens with and without the edges'] li", new() { HasText = "?" })
            .InnerTextAsync();
        var shares = row.Split(['→', '%', '▼', '?', '\n', ' '], StringSplitOptions.RemoveEmptyEntries);
        Assert.True(Number(shares[1]) < 0.5 * Number(shares[0]), row);
        await page.Picture("explorer.text");
        page.AssertClean();

        static double Number(string word) => double.Parse(word, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task The_matrix_zooms_moves_and_picks_a_token()
    {
        await using var page = await browser.Open("#view=text&panel=matrix", height: 1500);
        var canvas = page.Page.Locator(".matrix canvas");
        var whole = await Pixels(page);
        await canvas.HoverAsync(new() { Position = new() { X = 300, Y = 320 } });
        await Assertions.Expect(page.Page.Locator(".matrix .told")).ToContainTextAsync("takes");
        await page.Page.Mouse.WheelAsync(0, -400);
        await page.Page.WaitForTimeoutAsync(150);
        var near = await Pixels(page);
        Assert.NotEqual(whole, near);
        await canvas.FocusAsync();
        await page.Page.Keyboard.PressAsync("0");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Settled();
        Assert.Contains("pos=", page.Hash, StringComparison.Ordinal);
        page.AssertClean();
    }

    [Fact]
    public async Task Two_language_models_read_the_same_text()
    {
        await using var page = await browser.Open("#view=text&tm2=demo-neox");
        Assert.Equal(2, await page.Page.Locator(".stage").CountAsync());
        Assert.Equal(2, await page.Page.Locator(".arcs").CountAsync());
        page.AssertClean();
    }

    private static Task<string> Pixels(OpenPage page)
        => page.Page.EvaluateAsync<string>("document.querySelector('.matrix canvas').toDataURL()");
}
