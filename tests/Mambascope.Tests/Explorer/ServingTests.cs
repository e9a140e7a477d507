using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mambascope.Explorer.Serving;
using Xunit;

namespace Mambascope.Tests.Explorer;

/// <summary>How answers travel: once, small, and to nobody else.</summary>
public sealed partial class ServingTests(OpenExplorer explorer) : IClassFixture<OpenExplorer>
{
    private const string Layers = "/api/models/demo-vim/pictures/two-items/layers";

    [Fact]
    public async Task What_a_browser_has_is_not_sent_again()
    {
        foreach (var address in new[] { "/", "/main.js", Layers })
        {
            using var first = await explorer.Client.GetAsync(new Uri(address, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
            using var again = new HttpRequestMessage(HttpMethod.Get, new Uri(address, UriKind.Relative));
            again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
            using var second = await explorer.Client.SendAsync(again);
            Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
            Assert.Empty(await second.Content.ReadAsByteArrayAsync());
        }
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Answers_are_compressed_where_the_browser_can_read_it(string encoding)
    {
        foreach (var address in new[] { "/style.css", Layers })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, UriKind.Relative));
            request.Headers.AcceptEncoding.Add(new(encoding));
            using var answer = await explorer.Client.SendAsync(request);
            Assert.Equal([encoding], answer.Content.Headers.ContentEncoding);
        }
    }

    [Fact]
    public async Task No_answer_lets_scripts_or_frames_of_others_in()
    {
        using var page = await explorer.Client.GetAsync(new Uri("/", UriKind.Relative));
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal(["nosniff"], page.Headers.GetValues("X-Content-Type-Options"));
        Assert.DoesNotContain(page.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        Assert.Empty(page.Headers.Server);

        using var asked = new HttpRequestMessage(HttpMethod.Options, new Uri("/api/contents", UriKind.Relative));
        asked.Headers.Add("Access-Control-Request-Method", "POST");
        using var refused = await explorer.Client.SendAsync(asked);
        Assert.False(refused.IsSuccessStatusCode);
    }

    [Fact]
    public void The_page_holds_no_inline_script_and_names_no_other_address()
    {
        var folder = Path.Combine(Repository.Root, "src", "Mambascope.Explorer", "Page");
        var files = Directory.GetFiles(folder);
        Assert.True(files.Length > 15);
        Assert.All(files, file =>
        {
            var text = File.ReadAllText(file);
            Assert.DoesNotMatch("<script>|<style|\\sstyle=\"|\\son\\w+=\"|eval\\(|innerHTML", text);
            Assert.All(Address().Matches(text), address => Assert.Equal("http://www.w3.org/2000/svg", address.Value));
        });
    }

    [Fact]
    public async Task The_api_describes_itself()
    {
        var document = await explorer.Json("/api/openapi.json");
        var paths = document["paths"]!.AsObject().Select(path => path.Key).ToArray();
        Assert.Equal(20, paths.Length);
        Assert.Contains("/api/models/{model}/pictures/{picture}/explanation", paths);
        Assert.Contains("/api/models/{model}/text/cut", paths);
        Assert.Contains("/api/models/{model}/series/{series}/explanation", paths);
        Assert.DoesNotContain(paths, path => !path.StartsWith("/api/", StringComparison.Ordinal));
        Assert.All(document["paths"]!.AsObject(), path => Assert.All(
            path.Value!.AsObject(), method => Assert.False(string.IsNullOrEmpty((string?)method.Value!["summary"]), path.Key)));
    }

    [Fact]
    public async Task Whoever_names_a_job_hears_how_far_it_is()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var heard = await explorer.Client.GetAsync(
            new Uri("/api/progress/job-1", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, stop.Token);
        Assert.Equal("text/event-stream", heard.Content.Headers.ContentType!.MediaType);
        using var lines = new StreamReader(await heard.Content.ReadAsStreamAsync(stop.Token));
        Assert.Contains("waiting", await Data(lines, stop.Token), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri("/api/models/demo-vim/pictures/two-items/explanation?method=smoothgrad", UriKind.Relative));
        request.Headers.Add(ProgressBoard.Header, "job-1");
        using var answer = await explorer.Client.SendAsync(request, stop.Token);
        var step = JsonNode.Parse(await Data(lines, stop.Token))!;
        Assert.NotEmpty((string)step["what"]!);
    }

    [Fact]
    public async Task Beyond_loopback_nobody_is_answered_without_the_token()
    {
        await using var server = await explorer.Start(options => options with { Token = "0123456789abcdef" });
        Assert.Equal("?token=0123456789abcdef", server.Address.Query);
        using var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = server.Address };
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(client, "/"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(client, "/api/contents?token=0123456789abcdee"));
        using var entered = await client.GetAsync(server.Address);
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
        Assert.Equal("/", entered.Headers.Location!.ToString());
        var cookie = Assert.Single(entered.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        client.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        Assert.Equal(HttpStatusCode.OK, await Status(client, "/api/contents"));
        client.DefaultRequestHeaders.Remove("Cookie");
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "0123456789abcdef");
        Assert.Equal(HttpStatusCode.OK, await Status(client, "/api/contents"));
    }

    internal static async Task<HttpStatusCode> Status(HttpClient client, string address)
    {
        using var answer = await client.GetAsync(new Uri(address, UriKind.Relative));
        return answer.StatusCode;
    }

    private static async Task<string> Data(StreamReader lines, CancellationToken stop)
    {
        while (await lines.ReadLineAsync(stop) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return line["data: ".Length..];
            }
        }

        return "";
    }

    [GeneratedRegex("https?://[^\"'`\\s)]*", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
