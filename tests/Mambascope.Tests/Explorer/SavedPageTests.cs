using System.Text;
using Mambascope.Application;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Explorer.Saving;
using Mambascope.Imaging;
using Mambascope.Models;
using Mambascope.Tests.Cli;
using Xunit;

namespace Mambascope.Tests.Explorer;

/// <summary>What a saved page holds is what the library says, up to a size, and nothing that is shown can become code.</summary>
public sealed class SavedPageTests(OpenExplorer explorer) : IClassFixture<OpenExplorer>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-page-").FullName;

    private static string Sample => Path.Combine(Repository.Root, "samples", "two-items.png");

    private PictureSubject Picture
    {
        get
        {
            var image = ImageFile.Decode(Sample);
            return new(Sample, explorer.Vim.Preprocess(image)) { Original = image };
        }
    }

    private TextSubject Text => new TextInput("To be, or not to b", Ids: null, File: null).Read(explorer.Mamba);

    [Fact]
    public void Maps_curves_and_masks_are_those_of_the_server()
    {
        var explanation = Explain(explorer.Vim, Picture, "mamba-lrp", "attribution");
        var page = Read(explanation);
        page.AssertClosed();
        var found = page.Numbers("explanation");
        Assert.Equal(explanation.Maps[0].Map.Values, found.Tensors["map.mamba-lrp"]);
        Assert.Equal(explanation.Maps[1].Map.Values, found.Tensors["map.attribution"]);
        Assert.Equal(
            DeletionCurves.Of(explorer.Vim, Picture, explanation.Maps[1].Map, explanation.Target.Index).MostFirst,
            page.Json("deletion?method=attribution")["mostFirst"]!.AsArray().Select(value => (double)value!));
        Assert.Equal(40, page.Questions.Count(question => question.StartsWith("mask?", StringComparison.Ordinal)));
        Assert.Equal(0.0, (double)page.Numbers("mask?method=mamba-lrp&threshold=0.95").About["foreground"]!, 0.05);
        Assert.Equal(["explore", explorer.Vim.Source.Text, "--picture", Sample], page.Command);
        Assert.Empty(page.LeftOut);
        Assert.Equal(
            ["mamba-lrp", "attribution"],
            page.Contents["models"]![0]!["methods"]!.AsArray().Select(method => (string)method!["name"]!));
    }

    [Fact]
    public void Matrices_of_all_layers_and_directions_are_there_in_sixteen_bits_and_both_directions_are_their_sum()
    {
        var page = Read(Explain(explorer.Vim, Picture, "mamba-lrp"));
        foreach (var view in new[] { AttentionView.S6, AttentionView.Block })
        {
            var (forward, backward) = (Held(ScanDirections.Forward), Held(ScanDirections.Backward));
            var both = Expected(ScanDirections.Both);
            var largest = both.Max(Math.Abs);
            AssertRounded(Expected(ScanDirections.Forward), forward);
            Assert.All(
                both.Zip(forward.Zip(backward)),
                pair => Assert.Equal(pair.First, pair.Second.First + pair.Second.Second, 1e-3 * largest));

            float[] Held(ScanDirections direction) => Halves(page.Numbers(
                $"attention?direction={direction}&layer=3&view={view}".ToLowerInvariant()));
            float[] Expected(ScanDirections direction) => Attending
                .Show<float>(explorer.Vim, Picture, new() { Layer = 3, View = view, Directions = direction }).Matrix.Values;
        }

        Assert.Equal(32, page.Questions.Count(question => question.StartsWith("attention?direction=", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_text_holds_every_method_and_every_layer()
    {
        var explanation = Explain(explorer.Mamba, Text, "mamba-lrp", "rollout");
        var page = Read(explanation);
        page.AssertClosed();
        var maps = page.Json("explanation")["maps"]!.AsArray();
        Assert.Equal(["mamba-lrp", "rollout"], maps.Select(map => (string)map!["method"]!));
        Assert.Equal(
            explanation.Maps[1].Map.Values.Select(value => (double)value), maps[1]!["values"]!.AsArray().Select(value => (double)value!));
        AssertRounded(
            Attending.Show<float>(explorer.Mamba, Text, new() { Layer = 2 }).Matrix.Values, Halves(page.Numbers("attention?layer=2")));
        Assert.Equal("To be, or not to b", string.Concat(page.Json("blocks?by=word").AsArray().Select(word => (string)word!["text"]!)));
    }

    [Fact]
    public void Equal_explanations_are_equal_files()
        => Assert.Equal(
            SavedPage.Of(Explain(explorer.Mamba, Text, "mamba-lrp"), new()).Bytes,
            SavedPage.Of(Explain(explorer.Mamba, Text, "mamba-lrp"), new()).Bytes);

    [Fact]
    public void What_does_not_fit_is_left_out_and_said()
    {
        var explanation = Explain(explorer.Vim, Picture, "mamba-lrp");
        const int Most = 1 << 20;
        var page = SavedPage.Of(explanation, new() { Most = Most });
        Assert.True(page.Bytes.Length <= Most, $"{page.Bytes.Length}");
        Assert.Contains(page.LeftOut, words => words.EndsWith("of 32 matrices of layers", StringComparison.Ordinal));
        var read = new ReadPage(Encoding.UTF8.GetString(page.Bytes));
        Assert.Equal(page.LeftOut, read.LeftOut);
        Assert.Contains("attention?direction=forward&layer=5&view=s6", read.Questions); // the layer that is shown comes first
        var refused = Assert.Throws<BadInputException>(() => SavedPage.Of(explanation, new() { Most = (256 << 10) + 1000 }));
        Assert.Contains("fewer methods", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_that_is_shown_can_end_the_element_that_it_is_in()
    {
        const string Evil = "</script><img src=x onerror=alert(1)>";
        var (labels, file) = (Path.Combine(folder, "labels.txt"), Path.Combine(folder, "a.html"));
        var picture = Path.Combine(folder, "a<script>b.png");
        File.WriteAllLines(labels, Enumerable.Range(0, 8).Select(i => $"{Evil}{i}"));
        File.Copy(Sample, picture);
        CliRun.Successful("explain", picture, "--model", "demo-vim", "--labels", labels, "--method", "raw", "--out", file);
        var page = ReadPage.Of(file);
        page.AssertClosed();
        Assert.DoesNotContain(Evil, page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page.Html, StringComparison.Ordinal);
        Assert.Equal($"{Evil}4", (string)page.Json("verdict")["top"]![0]!["label"]!);
        Assert.Contains("a&lt;script&gt;b.png", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Forms_of_one_method_have_names_of_their_own()
    {
        var file = Path.Combine(folder, "forms.html");
        CliRun.Successful("explain", Sample, "--method", "raw.exact,raw.paper", "--out", file);
        var page = ReadPage.Of(file);
        Assert.Equal(["map.raw.exact", "map.raw.paper"], page.Numbers("explanation").Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("raw.exact,raw.paper", (string)page.State["methods"]!);
    }

    [Theory]
    [InlineData("--color", "turbo", "colours of its own")]
    public void Options_of_pictures_are_refused_for_a_page(string option, string value, string words)
        => CliRun.Of("explain", Sample, option, value, "--out", Path.Combine(folder, "b.html")).AssertFailed(1, words);

    [Fact]
    public void Double_precision_makes_a_page_too()
    {
        var file = Path.Combine(folder, "double.html");
        CliRun.Successful("explain", "--text", "To be", "--method", "raw", "--precision", "double", "--out", file);
        Assert.Equal("double", (string)ReadPage.Of(file).Json("explanation")["precision"]!);
    }

    [Theory]
    [InlineData("export default 1;")]
    [InlineData("const a = await import('./b.js');")]
    [InlineData("// </script>")]
    public void A_form_that_cannot_be_joined_is_refused(string text)
        => Assert.Throws<InvalidOperationException>(() => OneScript.Of("a.js", _ => text));

    [Fact]
    public void Modules_are_joined_in_the_order_in_which_they_need_each_other()
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["a.js"] = "import * as b from \"./b.js\";\nimport { one } from \"./c.js\";\nconsole.log(b.two, one);",
            ["b.js"] = "import { one } from \"./c.js\";\nexport const two = one + 1;",
            ["c.js"] = "export const one = 1;\nexport async function other() {}",
        };
        var script = OneScript.Of("a.js", name => files[name]);
        Assert.Equal(
            """
            const $c = (() => {
            const one = 1;
            async function other() {}
            return { one, other };
            })();
            const $b = (() => {
            const { one } = $c;
            const two = one + 1;
            return { two };
            })();
            const $a = (() => {
            const b = $b;
            const { one } = $c;
            console.log(b.two, one);
            return {  };
            })();

            """.ReplaceLineEndings("\n"),
            script);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static Explanation<float> Explain(LoadedModel model, Subject subject, params string[] methods)
        => Explaining.Explain<float>(model, subject, new()
        {
            Methods = [.. methods.Select(name => new ChosenMethod(AttributionMethods.Find(name, model.Model.Shape)))],
        });

    private static ReadPage Read(Explanation<float> explanation)
        => new(Encoding.UTF8.GetString(SavedPage.Of(explanation, new()).Bytes));

    private static float[] Halves(NumbersAnswer answer) => answer.Tensors["matrix"];

    // Eleven bits of fraction, or the least that there is.
    private static void AssertRounded(float[] expected, float[] found)
        => Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, Math.Max(6e-8, Math.Abs(pair.First) / 2000)));
}
