using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Mambascope.Tests.Explorer;

/// <summary>A page of <c>explain --out page.html</c>, read as its own scripts read it.</summary>
internal sealed partial class ReadPage
{
    private readonly JsonNode held;

    internal ReadPage(string html)
    {
        Html = html;
        held = JsonNode.Parse(Data().Match(html).Groups["json"].Value)!;
    }

    internal string Html { get; }

    /// <summary>What the page begins with.</summary>
    internal JsonNode State => held["state"]!;

    /// <summary>What there is.</summary>
    internal JsonNode Contents => held["contents"]!;

    /// <summary>The questions that it answers.</summary>
    internal IEnumerable<string> Questions => held["answers"]!.AsObject().Select(answer => answer.Key);

    /// <summary>Words of the command line that opens the live page.</summary>
    internal IEnumerable<string> Command => held["command"]!.AsArray().Select(word => (string)word!);

    /// <summary>What did not fit.</summary>
    internal IEnumerable<string> LeftOut => held["leftOut"]!.AsArray().Select(word => (string)word!);

    internal static ReadPage Of(string file) => new(File.ReadAllText(file));

    /// <summary>An answer in JSON.</summary>
    internal JsonNode Json(string question) => JsonNode.Parse(Bytes(question))!;

    /// <summary>An answer in numbers.</summary>
    internal NumbersAnswer Numbers(string question) => NumbersAnswer.Of(Bytes(question));

    /// <summary>Whether its policy lets in its own script and style and nothing else.</summary>
    internal void AssertClosed()
    {
        var policy = Policy().Match(Html).Groups["policy"].Value;
        Assert.StartsWith("default-src 'none'; script-src 'sha256-", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        foreach (var part in new[] { Script().Match(Html), Style().Match(Html) })
        {
            var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(part.Groups["text"].Value));
            Assert.Contains($"'sha256-{Convert.ToBase64String(hash)}'", policy, StringComparison.Ordinal);
        }

        Assert.All(
            Loaded().Matches(Html), link => Assert.StartsWith("data:image/", link.Groups["address"].Value, StringComparison.Ordinal));
    }

    private byte[] Bytes(string question)
    {
        using var packed = new GZipStream(
            new MemoryStream(Convert.FromBase64String((string)held["answers"]![question]!)), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        packed.CopyTo(bytes);
        return bytes.ToArray();
    }

    [GeneratedRegex("<script type=\"application/json\" id=\"held\">(?<json>[^<]*)</script>", RegexOptions.CultureInvariant, 5000)]
    private static partial Regex Data();

    [GeneratedRegex("<meta http-equiv=\"Content-Security-Policy\" content=\"(?<policy>[^\"]*)\">", RegexOptions.CultureInvariant, 5000)]
    private static partial Regex Policy();

    [GeneratedRegex("<script type=\"module\">(?<text>.*?)</script>", RegexOptions.CultureInvariant | RegexOptions.Singleline, 5000)]
    private static partial Regex Script();

    [GeneratedRegex("<style>(?<text>.*?)</style>", RegexOptions.CultureInvariant | RegexOptions.Singleline, 5000)]
    private static partial Regex Style();

    [GeneratedRegex(
        "<(link|img|script|iframe|object)[^>]* (href|src)=\"(?<address>[^\"]*)\"",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Loaded();
}
