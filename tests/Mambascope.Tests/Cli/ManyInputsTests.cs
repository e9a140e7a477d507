using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Mambascope.Checkpoints;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>Several files, folders, patterns and stdin: one model, a line each, one page.</summary>
public sealed class ManyInputsTests : IDisposable
{
    private static readonly string scenes = Path.Combine(Repository.Root, "samples", "two-items");
    private readonly TemporaryFolder folder = new();
    private readonly SmallByteModels texts = new();

    public void Dispose()
    {
        folder.Dispose();
        texts.Dispose();
    }

    [Fact]
    public void Run_answers_each_as_if_it_were_alone()
    {
        var (first, second) = (Scene("05-bag-and-ankle-boot.png"), Scene("01-trouser-and-sandal.png"));
        var many = Json("run", first, second);
        Assert.Equal([first, second], many["results"]!.AsArray().Select(result => (string?)result!["input"]));
        foreach (var (result, path) in many["results"]!.AsArray().Zip([first, second]))
        {
            var alone = Json("run", path, "--top", "3");
            Assert.Equal(alone["top"]!.ToJsonString(), result!["top"]!.ToJsonString());
            Assert.Equal(alone["preprocessing"]!.ToJsonString(), result["preprocessing"]!.ToJsonString());
        }

        Assert.Empty(many["failed"]!.AsArray());
        Assert.Contains("2 inputs to demo-vim", CliRun.Successful("run", first, second).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_and_patterns_mean_the_pictures_in_them_and_no_masks()
    {
        string[] expected = [.. Directory.GetFiles(scenes, "*.png").Where(file => !file.EndsWith(".mask.png", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
        Assert.Equal(expected, Inputs(Json("run", scenes, "--top", "1")));
        Assert.Equal(
            expected.Where(file => Path.GetFileName(file).StartsWith('0') && file.EndsWith("sandal.png", StringComparison.Ordinal)),
            Inputs(Json("run", Path.Combine(scenes, "0?-*sandal.png"), Scene("01-trouser-and-sandal.png"), "--top", "1")).Distinct());
        CliRun.Of("run", folder.File("*.png")).AssertFailed(2, "no file of such a name");
        CliRun.Of("run", folder.Path).AssertFailed(2, "expected pictures", "found none");
        CliRun.Of("attention", scenes, "--layer", "0").AssertFailed(1, "takes one input");

        static IEnumerable<string?> Inputs(JsonNode many) => many["results"]!.AsArray().Select(result => (string?)result!["input"]);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("explain")]
    public void Reading_ahead_changes_neither_order_nor_failures(string verb)
    {
        string[] files = [.. Enumerable.Range(0, 6).Select(i => folder.File($"{i}.png"))];
        foreach (var (file, i) in files.Select((file, i) => (file, i)))
        {
            if (i is 0 or 3 or 5)
            {
                File.WriteAllText(file, "no picture");
            }
            else
            {
                File.Copy(Scene("05-bag-and-ankle-boot.png"), file);
            }
        }

        var page = folder.File("page.html");
        string[] rest = verb == "explain" ? ["--out", page, "--force"] : [];
        var alone = CliRun.Of([verb, .. files, "--json", "--threads", "1", .. rest]);
        var pageAlone = verb == "explain" ? File.ReadAllText(page) : "";
        var together = CliRun.Of([verb, .. files, "--json", "--threads", "3", .. rest]);

        Assert.Equal(2, together.ExitCode);
        Assert.Equal(alone, together);
        Assert.Equal(pageAlone, verb == "explain" ? File.ReadAllText(page) : "");
        var failed = JsonNode.Parse(together.Out)!["failed"]!.AsArray().Select(each => (string?)each!["input"]);
        Assert.Equal([files[0], files[3], files[5]], failed);
    }

    [Fact]
    public void What_cannot_be_read_is_named_counted_and_left_out()
    {
        var broken = folder.File("broken.png");
        File.WriteAllText(broken, "no picture");
        var run = CliRun.Of("run", broken, Scene("01-trouser-and-sandal.png"), "--json");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("1 of 2 inputs could not be read", run.Error, StringComparison.Ordinal);
        var document = JsonNode.Parse(run.Out)!;
        Assert.Single(document["results"]!.AsArray());
        Assert.Equal(broken, (string?)document["failed"]![0]!["input"]);
        Assert.Contains("expected a PNG", (string?)document["failed"]![0]!["error"], StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_makes_one_page_that_can_be_sorted_without_a_script()
    {
        var (page, maps) = (folder.File("all.html"), folder.File("maps"));
        string[] line =
        [
            "explain", Scene("05-bag-and-ankle-boot.png"), Scene("01-trouser-and-sandal.png"), Scene("07-trouser-and-bag.png"),
            "--out", page,
        ];
        var said = Json([.. line, "--save", maps]);
        Assert.Equal(page, (string?)said["page"]);
        var html = XDocument.Parse(File.ReadAllText(page).Replace("<!DOCTYPE html>", "", StringComparison.Ordinal)).Root!;
        Assert.Empty(html.Descendants("script"));
        var articles = html.Descendants("article").ToArray();
        Assert.Equal(3, articles.Length);
        Assert.All(articles, article => Assert.Equal(2, article.Descendants("img").Count())); // the picture, and a map over it

        // By class: Ankle boot, Bag, Sandal. Most certain first: Sandal 95 %, Bag 94 %, Ankle boot 45 %.
        string[] styles = [.. articles.Select(article => article.Attribute("style")!.Value)];
        Assert.Equal([0, 2, 1], styles.Select(style => Place(style, 1)));
        Assert.Equal([2, 0, 1], styles.Select(style => Place(style, 2)));
        Assert.Equal([0, 2, 1], styles.Select(style => Place(style, 3)));
        Assert.Equal(5, html.Descendants("input").Count());

        var alone = folder.File("alone.safetensors");
        CliRun.Successful("explain", Scene("07-trouser-and-bag.png"), "--save", alone, "--out", folder.File("a.png"));
        Assert.Equal(File.ReadAllBytes(alone), File.ReadAllBytes(Path.Combine(maps, "07-trouser-and-bag.safetensors")));

        CliRun.Of(line).AssertFailed(2, "all.html", "--force");
        CliRun.Of([.. line[..^1], folder.File("a.jpg")]).AssertFailed(1, ".html");

        static int Place(string style, int order) => int.Parse(
            style.Split("; ")[order].Split(": ")[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Texts_are_taken_together_too()
    {
        var (a, b) = (texts.Write("a.txt", "To be, or not"), texts.Write("b.txt", "All the world"));
        var run = Json("run", a, b, "--model", texts.Mamba);
        Assert.Equal(
            Json("run", b, "--model", texts.Mamba, "--top", "3")["top"]!.ToJsonString(), run["results"]![1]!["top"]!.ToJsonString());
        var page = folder.File("texts.html");
        var explained = Json("explain", a, b, "--model", texts.Mamba, "--out", page);
        Assert.Equal(13, explained["results"]![0]!["tokens"]!.AsArray().Count);
        Assert.Contains("class=\"marked\"", File.ReadAllText(page), StringComparison.Ordinal);
        CliRun.Of("run", a, b, "--model", texts.Mamba, "--generate", "3").AssertFailed(1, "continues one text");
        CliRun.Of("run", a, Scene("01-trouser-and-sandal.png")).AssertFailed(1, "pictures and texts");
        CliRun.Of("run", a, "--model", texts.Mamba, "--generate", "3", "--top", "2").AssertFailed(1, "--generate and --top exclude");
    }

    [Fact]
    public void A_dash_is_stdin()
    {
        var scene = Scene("01-trouser-and-sandal.png");
        Assert.Equal(
            Json("run", scene)["top"]!.ToJsonString(),
            JsonNode.Parse(Piped(File.ReadAllBytes(scene), "run", "-", "--json"))!["top"]!.ToJsonString());
        Assert.Equal(
            Json("run", "--text", "To be", "--model", texts.Mamba)["top"]!.ToJsonString(),
            JsonNode.Parse(Piped("To be"u8.ToArray(), "run", "-", "--model", texts.Mamba, "--json"))!["top"]!.ToJsonString());
    }

    private static string Piped(byte[] input, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var arg in args.Prepend(Path.Combine(AppContext.BaseDirectory, "Mambascope.Cli.dll")))
        {
            start.ArgumentList.Add(arg);
        }

        using var process = Process.Start(start)!;
        process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    private static string Scene(string name) => Path.Combine(scenes, name);

    private static JsonNode Json(params string[] line) => JsonNode.Parse(CliRun.Successful([.. line, "--json"]).Out)!;
}
