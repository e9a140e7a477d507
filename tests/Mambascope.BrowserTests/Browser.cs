using Mambascope.Explorer;
using Mambascope.Models;
using Microsoft.Playwright;
using Xunit;

namespace Mambascope.BrowserTests;

/// <summary>
/// The explorer of the models that ship, and a Chromium that opens it. Where no Chromium is installed the tests are skipped; on Debian and
/// Ubuntu <c>apt-get install chromium</c> brings one, elsewhere MAMBASCOPE_CHROMIUM names it.
/// </summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] places =
    [
        Environment.GetEnvironmentVariable("MAMBASCOPE_CHROMIUM") ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ];

    private readonly List<LoadedModel> models = [];
    private ExplorerServer? server;
    private IPlaywright? playwright;
    private IBrowser? browser;

    internal Uri Address => server!.Address;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (places.FirstOrDefault(File.Exists) is not { } chromium)
        {
            return;
        }

        foreach (var name in new[] { "demo-vim", "demo-deit", "demo-mamba", "demo-neox", "demo-motifs", "demo-motifs-attention" })
        {
            models.Add(LoadedModel.Open(name));
        }

        server = await ExplorerServer.Start(new() { Models = models });
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox"] });
    }

    /// <summary>Opens a view; whatever goes wrong on the page is kept.</summary>
    /// <param name="hash">The view as its address has it.</param>
    /// <param name="width">Of the window.</param>
    /// <param name="height">Of the window.</param>
    /// <param name="scheme">Light or dark.</param>
    /// <param name="watch">A script that is there before the page's own.</param>
    internal Task<OpenPage> Open(
        string hash = "", int width = 1400, int height = 1000, ColorScheme scheme = ColorScheme.Light, string? watch = null)
        => Open(server?.Address, hash, width, height, scheme, watch);

    /// <summary>Opens a page that was saved, from the disk.</summary>
    /// <param name="file">The page.</param>
    /// <param name="hash">The view as its address has it.</param>
    /// <param name="width">Of the window.</param>
    /// <param name="height">Of the window.</param>
    /// <param name="scheme">Light or dark.</param>
    internal Task<OpenPage> OpenFile(
        string file, string hash = "", int width = 1400, int height = 1000, ColorScheme scheme = ColorScheme.Light)
        => Open(new Uri(file), hash, width, height, scheme);

    /// <summary>Opens a view of another server of the same models.</summary>
    /// <param name="with">What is other about it.</param>
    /// <param name="hash">The view as its address has it.</param>
    internal async Task<(ExplorerServer Server, OpenPage Page)> OpenOther(Func<ExplorerOptions, ExplorerOptions> with, string hash)
    {
        var other = await ExplorerServer.Start(with(new() { Models = models }));
        return (other, await Open(other.Address, hash, width: 1400, height: 1000, ColorScheme.Light));
    }

    private async Task<OpenPage> Open(Uri? address, string hash, int width, int height, ColorScheme scheme, string? watch = null)
    {
        Assert.SkipWhen(
            browser is null, "no Chromium: apt-get install chromium, or name one in MAMBASCOPE_CHROMIUM, to run the browser tests");
        var context = await browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
        });
        await context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        if (watch is not null)
        {
            await context.AddInitScriptAsync(watch);
        }

        var page = new OpenPage(await context.NewPageAsync(), address!);
        await page.Go(hash);
        return page;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        foreach (var model in models)
        {
            model.Dispose();
        }
    }
}
