using System.Text.Json.Nodes;
using System.Xml.Linq;
using Mambascope.Checkpoints;
using Mambascope.Recipes;
using Mambascope.Tests.Explorer;
using Mambascope.Tests.Inputs.Text;
using Mambascope.Tests.Models;
using Mambascope.Training;
using Xunit;

namespace Mambascope.Tests.Cli;

public sealed class TextCommandLineTests : IDisposable
{
    private const string Text = "To be, or not to b";
    private const string Hostile = "a\u001b[31m\u0007\u009b1m\u202Eb\r\n\t<script>alert('1')</script> \uD800 naïve 🙂\u2028";

    private readonly SmallLanguageModel model = new();

    public void Dispose() => model.Dispose();

    [Fact]
    public void Run_prints_next_tokens_with_probabilities()
    {
        Assert.Contains($"\"{Text}\" (18 tokens)", Run("run", "--text", Text).Out, StringComparison.Ordinal);
        var report = Json("run", "--text", Text, "--top", "256");
        Assert.Equal(Text, (string?)report["input"]);
        var top = report["top"]!.AsArray();
        Assert.Equal(1, top.Sum(score => (double)score!["probability"]!), 1e-9);
        Assert.Equal(
            top.Select(score => (double)score!["probability"]!).OrderDescending(), top.Select(score => (double)score!["probability"]!));
    }

    [Fact]
    public void Text_ids_and_files_are_the_same_input()
    {
        var ids = string.Join(',', Text.Select(letter => (int)letter));
        File.WriteAllText(model.Path("a.txt"), Text);
        new SafetensorsWriter()
            .Add("input_ids", [1, Text.Length], Text.Select(letter => (long)letter).ToArray())
            .Save(model.Path("a.safetensors"));
        var expected = Json("run", "--text", Text)["top"]!.ToJsonString();
        Assert.Equal(expected, Json("run", "--tokens", ids)["top"]!.ToJsonString());
        Assert.Equal(expected, Json("run", model.Path("a.txt"))["top"]!.ToJsonString());
        Assert.Equal(expected, Json("run", model.Path("a.safetensors"))["top"]!.ToJsonString());
    }

    [Fact]
    public void Text_goes_on_greedily_or_by_chance_with_a_seed()
    {
        var greedy = Json("run", "--text", Text, "--generate", "12");
        var tokens = greedy["generated"]!.AsArray();
        Assert.Equal(12, tokens.Count);
        Assert.Equal((int)Json("run", "--text", Text)["top"]![0]!["id"]!, (int)tokens[0]!["id"]!);
        Assert.Equal(greedy.ToJsonString(), Json("run", "--text", Text, "--generate", "12", "--top-k", "1").ToJsonString());
        string[] wild = ["run", "--text", Text, "--generate", "12", "--temperature", "3"];
        Assert.Equal(Json([.. wild, "--seed", "5"]).ToJsonString(), Json([.. wild, "--seed", "5"]).ToJsonString());
        Assert.NotEqual(Json([.. wild, "--seed", "5"]).ToJsonString(), Json([.. wild, "--seed", "6"]).ToJsonString());
        Assert.Equal(greedy.ToJsonString(), Json([.. wild, "--top-p", "0.000001"]).ToJsonString());
        Assert.StartsWith(Text, Run("run", "--text", Text, "--generate", "3").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_no_terminal_is_the_strongest_tokens_are_a_table()
    {
        var words = Run("explain", "--text", Text, "--method", "raw,rollout,attribution").Out;
        foreach (var said in new[] { "raw (exact", "rollout (exact", "attribution (exact", "token 17  'b' (98)", "Why " })
        {
            Assert.Contains(said, words, StringComparison.Ordinal);
        }

        Assert.DoesNotContain('\u001b', words);
    }

    [Fact]
    public void In_a_page_of_every_position_a_click_shows_what_each_position_says_alone()
    {
        var page = model.Path("click.html");
        var report = Json("explain", "--text", Text, "--method", "mamba-lrp,rollout", "--every-position", "--out", page);
        var positions = report["positions"]!.AsArray();
        Assert.Equal(Text.Length, positions.Count);
        foreach (var at in new[] { 0, 4, 17 })
        {
            var alone = Json("explain", "--text", Text, "--method", "mamba-lrp,rollout", "--position", $"{at}");
            Assert.Equal((int)alone["target"]!["id"]!, (int)positions[at]!["target"]!["id"]!);
            for (var map = 0; map < 2; map++)
            {
                var (expected, found) = (Values(alone, map), Values(positions[at]!, map));
                Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * expected.Max(Math.Abs)));
            }
        }

        var html = XDocument
            .Parse(File.ReadAllText(page).Replace("<!DOCTYPE html>", "", StringComparison.Ordinal), LoadOptions.PreserveWhitespace)
            .Root!;
        var views = html.Descendants("div")
            .Where(div =>
                div.Attribute("class")?.Value.StartsWith("view", StringComparison.Ordinal) == true && div.Attribute("id") is not null)
            .ToArray();
        Assert.Equal(Enumerable.Range(0, Text.Length).Select(t => $"after-{t}"), views.Select(view => view.Attribute("id")!.Value));
        Assert.Equal("view first", views[^1].Attribute("class")!.Value);
        var links = views[3].Descendants("a").Take(Text.Length).ToArray();
        Assert.Equal(Text, string.Concat(links.Select(link => link.Value)));
        Assert.Equal(Enumerable.Range(0, Text.Length).Select(t => $"#after-{t}"), links.Select(link => link.Attribute("href")!.Value));
        Assert.Equal(3, Array.FindIndex(links, link => link.Attribute("class")?.Value.Contains("here", StringComparison.Ordinal) == true));
        CliRun
            .Of("explain", "--text", Text, "--every-position", "--position", "3", "--model", model.Folder)
            .AssertFailed(1, "--every-position and --token exclude");
        CliRun
            .Of("explain", "--text", new string('a', 129), "--every-position", "--model", model.Folder)
            .AssertFailed(2, "129 tokens", "at most 128");
        CliRun.Of("explain", "picture.png", "--every-position").AssertFailed(1, "is for text");
    }

    [Fact]
    public void A_page_has_every_method_and_every_score()
    {
        var page = model.Path("why.html");
        var report = Json("explain", "--text", Text, "--method", "raw,mamba-lrp", "--out", page);
        Assert.Equal(page, (string?)report["page"]);
        var held = ReadPage.Of(page).Json("explanation");
        Assert.Equal(Text, string.Concat(held["pieces"]!.AsArray().Select(piece => (string)piece!["text"]!)));
        Assert.Equal(["raw", "mamba-lrp"], held["maps"]!.AsArray().Select(map => (string)map!["method"]!));
        Assert.Equal(report["maps"]![1]!["values"]!.ToJsonString(), held["maps"]![1]!["values"]!.ToJsonString());
    }

    [Fact]
    public void Saved_tensors_have_the_names_of_the_contract()
    {
        var file = model.Path("out.safetensors");
        Run(
            "explain", "--text", Text, "--position", "4", "--target", "e", "--against", "117", "--method",
            "input-x-gradient", "--save", file);
        using var saved = Checkpoint.Open(file);
        Assert.Equal(["against", "input_ids", "logits", "map", "position", "target"], saved.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([(long)'e'], saved.ReadInt64s("target"));
        Assert.Equal([(long)'u'], saved.ReadInt64s("against"));
        Assert.Equal([4L], saved.ReadInt64s("position"));
        Assert.Equal(Text.Select(letter => (long)letter), saved.ReadInt64s("input_ids"));
        Assert.Equal([256], saved.Find("logits").Shape);
        Assert.All(saved.ReadSingles("map")[5..], value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_contrast_is_the_difference_of_two_explanations()
    {
        var (e, u, difference) = (Map("--target", "e"), Map("--target", "u"), Map("--target", "e", "--against", "u"));
        Golden.AssertClose("e - u", difference, [.. e.Zip(u, (x, y) => x - y)], 1e-4);

        double[] Map(params string[] options)
            => [
                .. Json(["explain", "--text", Text, "--method", "input-x-gradient", .. options])["maps"]![0]!["values"]!
                    .AsArray()
                    .Select(value => (double)value!),
            ];
    }

    [Fact]
    public void Results_do_not_depend_on_threads()
    {
        Assert.Equal(Saved("1"), Saved("3"));
        Assert.Equal(
            Run("run", "--text", Text, "--generate", "9", "--threads", "1").Out,
            Run("run", "--text", Text, "--generate", "9", "--threads", "3").Out);

        byte[] Saved(string threads)
        {
            var file = model.Path($"{threads}.safetensors");
            Run(
                "explain",
                "--text",
                Text,
                "--method",
                "raw,rollout,attribution,mamba-lrp,integrated-gradients",
                "--threads",
                threads,
                "--save",
                file);
            return File.ReadAllBytes(file);
        }
    }

    [Fact]
    public void Nothing_of_a_hostile_text_reaches_the_terminal_or_the_page_raw()
    {
        var page = model.Path("hostile.html");
        foreach (
            var args in new[]
            {
                new[] { "run" },
                ["run", "--generate", "20"],
                ["explain", "--method", "raw", "--out", page],
                ["explain", "--method", "raw", "--json"],
                ["run", "--json"],
            })
        {
            var run = Run([.. args, "--text", Hostile]);
            Assert.DoesNotContain(run.Out, c =>
                (char.IsControl(c) && c is not ('\n' or '\r' or '\t'))
                || c is '\u202E' or '\u2028' && !args.Contains("--json")
                || char.IsSurrogate(c) && c == '\uD800');
            Assert.Empty(run.Error);
        }

        var html = File.ReadAllText(page);
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', html);
        Assert.Contains("naïve", (string)new ReadPage(html).State["text"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_text_is_no_trouble()
    {
        var text = string.Concat(Enumerable.Repeat("0123456789", 10_000));
        Assert.Equal(100_000, (int)Json("run", "--text", text)["tokens"]!);
        File.WriteAllText(model.Path("long.txt"), text);
        var page = model.Path("long.html");
        Assert.Contains(
            "(100000 tokens)", Run("explain", model.Path("long.txt"), "--method", "raw", "--out", page).Out, StringComparison.Ordinal);
        Assert.True(new FileInfo(page).Length > 2_000_000);
    }

    [Fact]
    public void Texts_too_long_to_record_are_explained_piece_by_piece_to_the_same_end()
    {
        var random = new Random(3);
        var text = string.Concat(Enumerable.Range(0, 4100).Select(_ => (char)('a' + random.Next(26))));
        var (whole, pieces) = (Explain(text[..4000]), Explain(text, "--position", "3999"));
        Assert.NotNull(whole["checks"]);
        Assert.Null(pieces["checks"]);
        Assert.Equal((int)whole["target"]!["id"]!, (int)pieces["target"]!["id"]!);
        for (var method = 0; method < 3; method++)
        {
            var values = Values(pieces, method);
            Golden.AssertClose($"method {method}", values.AsSpan(0, 4000), Values(whole, method), 1e-4);
            Assert.All(values[4000..], value => Assert.Equal(0, value));
        }

        Assert.Equal(
            ["mamba-lrp"], Json("explain", "--text", text)["maps"]!.AsArray().Select(map => (string?)map!["method"]));
        CliRun
            .Of("explain", "--text", text, "--model", model.Folder, "--method", "attribution")
            .AssertFailed(2, "attribution", "mamba-lrp");

        JsonNode Explain(string read, params string[] options)
            => Json(["explain", "--text", read, "--method", "raw,rollout,mamba-lrp", .. options]);

        static double[] Values(JsonNode report, int method)
            => [.. report["maps"]![method]!["values"]!.AsArray().Select(value => (double)value!)];
    }

    [Fact]
    public void A_model_with_a_tokenizer_reads_words()
    {
        var small = TinyLanguageModels.Mamba(
            TinyLanguageModels.MambaConfig with
            {
                VocabularySize = 50304,
                InnerWidth = SmallLanguageModel.Channels,
            });
        LanguageModelFolder.Write(model.Folder, small);
        File.WriteAllText(model.Path("config.json"), """{"model_type": "mamba"}""");
        File.WriteAllText(model.Path("tokenizer.json"), TokenizerFiles.Unpacked("gpt-neox-tokenizer.json.gz"));
        var report = Json(
            "explain", "--text", "The keys to the cabinet", "--target", " are", "--against", " is", "--method", "input-x-gradient");
        Assert.Equal(["The", " keys", " to", " the", " cabinet"], report["tokens"]!.AsArray().Select(token => (string?)token!["text"]));
        Assert.Equal((" are", " is"), ((string?)report["target"]!["text"], (string?)report["against"]!["text"]));
        Assert.Contains("' keys'", Run("explain", "--text", "The keys to the cabinet", "--method", "raw").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_is_named_after_the_file_and_never_replaced_unasked()
    {
        var page = model.Path("why.html");
        File.WriteAllText(page, "precious");
        CliRun.Of("explain", "--text", Text, "--model", model.Folder, "--method", "raw", "--out", page).AssertFailed(2, page, "--force");
        Assert.Equal("precious", File.ReadAllText(page));
        Run("explain", "--text", Text, "--method", "raw", "--out", page, "--force");
        Assert.NotEqual("precious"u8.Length, new FileInfo(page).Length);
        Assert.Null((string?)Json("explain", "--text", Text, "--method", "raw")["page"]);
    }

    [Fact]
    public void Attention_of_a_text_has_its_tokens_on_the_axes()
    {
        var picture = model.Path("a.png");
        var report = JsonNode.Parse(
            Run("attention", "--text", Text, "--layer", "1", "--top-channels", "3", "--out", picture, "--json").Out
        )!;
        Assert.Equal(18, (int)report["tokens"]!);
        Assert.Equal("forward", (string?)report["direction"]);
        Assert.Equal(3, report["top_channels"]!.AsArray().Count);
        Assert.True((bool)report["checks"]!["passed"]!);
        Assert.True(new FileInfo(picture).Length > 5_000);
    }

    [Fact]
    public void Info_describes_language_models()
    {
        var words = CliRun.Successful("info", model.Folder).Out;
        Assert.Contains("Mamba language model", words, StringComparison.Ordinal);
        Assert.Contains("byte of UTF-8", words, StringComparison.Ordinal);
        var report = JsonNode.Parse(CliRun.Successful("info", model.Folder, "--json").Out)!;
        Assert.Equal(
            ("text", 256, "bytes", 2),
            ((string?)report["reads"], (int)report["vocabulary_size"]!, (string?)report["tokenizer"], (int)report["layers"]!));
        Assert.Contains("GPT-NeoX", CliRun.Successful("info", Golden.Path("gpt-neox-micro")).Out, StringComparison.Ordinal);
        Assert.Equal(6, (int)JsonNode.Parse(CliRun.Successful("info", Golden.Path("mamba2-micro-hf"), "--json").Out)!["heads"]!);
        Assert.DoesNotContain("full-lrp", CliRun.Successful("info", Golden.Path("gpt-neox-micro")).Out, StringComparison.Ordinal);
    }

    private static double[] Values(JsonNode report, int map)
        => [.. report["maps"]![map]!["values"]!.AsArray().Select(value => (double)value!)];

    private CliRun Run(params string[] args) => CliRun.Successful([.. args, "--model", model.Folder]);

    private JsonNode Json(params string[] args) => JsonNode.Parse(Run([.. args, "--json"]).Out)!;
}
