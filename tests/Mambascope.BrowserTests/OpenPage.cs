using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace Mambascope.BrowserTests;

/// <summary>A page of the explorer. What went wrong on it is asked for at the end: nothing may have.</summary>
internal sealed class OpenPage : IAsyncDisposable
{
    private readonly List<string> wrong = [];
    private readonly Uri address;
    private const float Patience = 60_000;

    internal OpenPage(IPage page, Uri address)
    {
        (Page, this.address) = (page, address);
        page.SetDefaultTimeout(Patience);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                wrong.Add($"console: {message.Text}");
            }
        };
        page.PageError += (_, error) => wrong.Add($"error: {error}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address.AbsoluteUri, StringComparison.Ordinal)
                && !request.Url.StartsWith("blob:", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                wrong.Add($"a request left: {request.Url}");
            }
        };
    }

    internal IPage Page { get; }

    /// <summary>The view as the address has it.</summary>
    internal string Hash => new Uri(Page.Url).Fragment;

    /// <summary>Opens a view and waits until nothing is being computed.</summary>
    internal async Task Go(string hash)
    {
        await Page.GotoAsync(address.AbsoluteUri + hash);
        await Page.WaitForFunctionAsync("() => document.documentElement.dataset.ready === 'true'");
        await Settled();
    }

    /// <summary>Waits until nothing is being computed.</summary>
    internal async Task Settled()
    {
        await Page.WaitForTimeoutAsync(80);
        await Page.WaitForFunctionAsync("() => !document.querySelector('[aria-busy=\"true\"]')");
    }

    internal ILocator Button(string name, bool isExact = false)
        => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = isExact });

    /// <summary>Presses a button and waits for what it brings.</summary>
    internal async Task Press(string name, bool isExact = false)
    {
        await Button(name, isExact).First.ClickAsync();
        await Settled();
    }

    /// <summary>Presses what says that it cannot be done here, and waits until the page has said so.</summary>
    internal async Task PressInVain(ILocator button, string why = "needs the model")
    {
        await Assertions.Expect(button).ToHaveAttributeAsync("aria-disabled", "true");
        await button.ClickAsync(new() { Force = true });
        await Assertions.Expect(Page.Locator(".toast")).ToContainTextAsync(why);
    }

    /// <summary>Chooses from the menu of sharing, and gives what was copied.</summary>
    internal async Task<string> Copied(string item)
    {
        await Share(item);
        await Page.WaitForTimeoutAsync(200);
        return await Page.EvaluateAsync<string>("navigator.clipboard.readText()");
    }

    /// <summary>Chooses from the menu of sharing, and requires a file of some size.</summary>
    internal async Task AssertSaves(string item, string ending)
    {
        var download = await Page.RunAndWaitForDownloadAsync(() => Share(item));
        Assert.EndsWith(ending, download.SuggestedFilename, StringComparison.Ordinal);
        Assert.True(new FileInfo((await download.PathAsync())!).Length > 1000);
    }

    private async Task Share(string item)
    {
        await Press("Share", isExact: true);
        await Page.GetByRole(AriaRole.Menuitem, new() { Name = item }).ClickAsync();
    }

    /// <summary>Serious findings of axe-core; there must be none.</summary>
    internal async Task AssertAccessible()
    {
        var found = await Page.RunAxe();
        string[] serious =
        [
            .. found.Violations
                .Where(violation => violation.Impact is "serious" or "critical")
                .Select(violation => $"{violation.Id}: {violation.Help}: {string.Join(" | ", violation.Nodes.Select(node => node.Html))}"),
        ];
        Assert.True(serious.Length == 0, string.Join('\n', serious));
    }

    /// <summary>Saves what is seen, where the environment asks for it.</summary>
    internal async Task Picture(string name)
    {
        if (Environment.GetEnvironmentVariable("MAMBASCOPE_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await Page.ScreenshotAsync(new() { Path = Path.Combine(PicturePageTests.Root, folder, name + ".png") });
        }
    }

    /// <summary>Refuses a page on which anything went wrong.</summary>
    internal void AssertClean() => Assert.Empty(wrong);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
