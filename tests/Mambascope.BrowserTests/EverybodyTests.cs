using Microsoft.Playwright;
using Xunit;

namespace Mambascope.BrowserTests;

/// <summary>For every eye, every hand and every width.</summary>
public sealed class EverybodyTests(Browser browser) : IClassFixture<Browser>
{
    public static TheoryData<string> Views { get; } =
    [
        "", "#tool=look&m2=demo-deit&pin=60", "#tool=without&out=100,101", "#view=text", "#view=text&panel=matrix&blocks=word",
        "#view=text&cut=16-16>17-17@3&tm2=demo-neox", "#view=series&s=0-4&spin=60", "#view=series&sm2=demo-motifs-attention",
    ];

    [Theory]
    [MemberData(nameof(Views))]
    public async Task Axe_finds_nothing_serious_in_light_and_in_dark(string view)
    {
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using var page = await browser.Open(view, scheme: scheme);
            await page.AssertAccessible();
            page.AssertClean();
        }
    }

    [Theory]
    [MemberData(nameof(Views))]
    public async Task Nothing_sticks_out_of_any_window(string view)
    {
        foreach (var width in new[] { 360, 768, 1400, 3840 })
        {
            await using var page = await browser.Open(view, width: width);
            var wide = await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(wide <= 0, $"{wide} pixels too wide at {width}");
        }
    }

    [Fact]
    public async Task The_page_opens_on_a_map_and_the_curve_that_tests_it()
    {
        await using var page = await browser.Open();
        await page.Page.WaitForSelectorAsync(".chart");
        await page.Picture("explorer");
        page.AssertClean();
    }

    [Fact]
    public async Task The_theme_can_be_chosen()
    {
        await using var page = await browser.Open();
        const string Background = "getComputedStyle(document.body).backgroundColor";
        var light = await page.Page.EvaluateAsync<string>(Background);
        await page.Press("Theme: system");
        Assert.NotEqual(light, await page.Page.EvaluateAsync<string>(Background));
        await page.Page.ReloadAsync();
        await page.Settled();
        await Assertions.Expect(page.Button("Theme: dark")).ToBeVisibleAsync();
        page.AssertClean();
    }
}
