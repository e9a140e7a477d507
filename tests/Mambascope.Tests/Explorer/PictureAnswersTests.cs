using System.Net.Http.Headers;
using Mambascope.Application;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Imaging;
using Mambascope.Models;
using Xunit;

namespace Mambascope.Tests.Explorer;

/// <summary>What the page is told about a picture is what the library says.</summary>
public sealed class PictureAnswersTests(OpenExplorer explorer) : IClassFixture<OpenExplorer>
{
    private const string Vim = "/api/models/demo-vim/pictures/two-items";
    private const string Deit = "/api/models/demo-deit/pictures/two-items";

    private static string Sample => Path.Combine(Repository.Root, "samples", "two-items.png");

    private PictureSubject Subject => new("two-items", explorer.Vim.Preprocess(ImageFile.Decode(Sample)));

    [Fact]
    public async Task The_contents_name_models_methods_pictures_and_texts()
    {
        var contents = await explorer.Json("/api/contents");
        Assert.Equal(["demo-vim", "demo-deit", "demo-mamba"], contents["models"]!.AsArray().Select(model => (string)model!["name"]!));
        Assert.Equal("two-items", (string)contents["pictures"]![0]!);
        Assert.True(contents["pictures"]!.AsArray().Count > 30);
        Assert.Contains("To be, or not to b", contents["texts"]!.AsArray().Select(text => (string)text!));
        var vim = contents["models"]![0]!;
        Assert.Equal(
            AttributionMethods.For(explorer.Vim.Model.Shape).Select(method => method.Name),
            vim["methods"]!.AsArray().Select(method => (string)method!["name"]!));
        Assert.Equal((8, 2, 14, 98), ((int)vim["layers"]!, (int)vim["scans"]!, (int)vim["rows"]!, (int)vim["classToken"]!));
    }

    [Fact]
    public async Task The_verdict_is_the_classifiers()
    {
        using var run = explorer.Vim.Run<float>(Subject.Input);
        var verdict = await explorer.Json(Vim);
        Assert.Equal(run.Top(8).Select(answer => answer.Label), verdict["top"]!.AsArray().Select(answer => (string)answer!["label"]!));
        Assert.Equal(run.Top(1)[0].Probability, (double)verdict["top"]![0]!["probability"]!);
        Assert.Equal([0.0, 0, 56, 56], verdict["seen"]!.AsArray().Select(side => (double)side!));
    }

    [Fact]
    public async Task Maps_are_the_librarys_to_the_bit()
    {
        var expected = Explaining.Explain<float>(explorer.Vim, Subject, new()
        {
            Target = "1",
            Methods =
            [
                .. new[] { "mamba-lrp", "attribution" }
                    .Select(name => new ChosenMethod(AttributionMethods.Find(name, explorer.Vim.Model.Shape))),
            ],
        });
        var found = await explorer.Numbers(Vim + "/explanation?method=mamba-lrp&method=attribution&target=Trouser");
        Assert.Equal(expected.Maps[0].Map.Values, found.Tensors["map.mamba-lrp"]);
        Assert.Equal(expected.Maps[1].Map.Values, found.Tensors["map.attribution"]);
        Assert.Equal("Trouser", (string)found.About["target"]!["label"]!);
        Assert.True((bool)found.About["checks"]!["passed"]!);
    }

    [Theory]
    [InlineData("mean")]
    [InlineData("0.6")]
    public async Task Mask_and_boxes_are_those_of_the_command_line(string threshold)
    {
        var why = Explaining.Explain<float>(
            explorer.Vim, Subject, new() { Methods = [new(AttributionMethods.Find("mamba-lrp", explorer.Vim.Model.Shape))] });
        var mask = PseudoMask.Of(why.Maps[0].Map, 56, 56, MapThreshold.Parse(threshold));
        var found = await explorer.Numbers($"{Vim}/mask?method=mamba-lrp&threshold={threshold}&boxes=all");
        Assert.Equal((double)mask.Area / mask.Values.Length, (double)found.About["foreground"]!);
        Assert.Equal(
            PseudoMask.Boxes(mask, BoxRule.All).Select(box => (box.Left, box.Top, box.Right, box.Bottom)),
            found.About["boxes"]!.AsArray().Select(box => ((int)box!["left"]!, (int)box["top"]!, (int)box["right"]!, (int)box["bottom"]!)));
    }

    [Fact]
    public async Task Attention_of_a_layer_is_the_librarys_in_either_direction()
    {
        var expected = Attending.Show<float>(
            explorer.Vim, Subject, new() { Layer = 5, Directions = ScanDirections.Backward, View = AttentionView.Block });
        var found = await explorer.Numbers(Vim + "/attention?layer=5&direction=backward&view=block");
        Assert.Equal(expected.Matrix.Values, found.Tensors["matrix"]);
        Assert.NotEqual(expected.Matrix.Values, (await explorer.Numbers(Vim + "/attention?layer=5")).Tensors["matrix"]);
    }

    [Fact]
    public async Task The_strongest_channels_are_named_and_one_of_them_can_be_shown()
    {
        var ranked = await explorer.Numbers(Vim + "/attention?layer=5&channels=4");
        var first = (int)ranked.About["top_channels"]![0]!["channel"]!;
        var one = await explorer.Numbers($"{Vim}/attention?layer=5&channel={first}");
        Assert.Equal(
            Attending.Show<float>(explorer.Vim, Subject, new() { Layer = 5, Channel = first }).Matrix.Values, one.Tensors["matrix"]);
    }

    [Fact]
    public async Task A_row_of_the_strip_is_the_row_of_its_layers_matrix()
    {
        var strip = await explorer.Numbers(Vim + "/layers");
        var rows = strip.About["rows"]!.AsArray();
        Assert.Equal(16, rows.Count);
        Assert.Equal("backward", (string)rows[11]!["part"]!);
        var matrix = Attending.Show<float>(
            explorer.Vim, Subject, new() { Layer = 5, Directions = ScanDirections.Backward }).Matrix;
        AssertClose(matrix.Row(98).ToArray(), strip.Tensors["row.11"]);

        var deit = await explorer.Numbers(Deit + "/layers?token=7");
        Assert.Equal(6, deit.About["rows"]!.AsArray().Count);
        var softmax = (await explorer.Numbers(Deit + "/attention?layer=2")).Tensors["matrix"];
        AssertClose(softmax[(7 * 197)..(8 * 197)], deit.Tensors["row.2"]);
        Assert.Equal(1, deit.Tensors["row.2"].Sum(), 1e-4);
    }

    [Fact]
    public async Task Knocking_nothing_out_changes_nothing_and_knocking_the_sandal_out_does()
    {
        var nothing = await explorer.Json(Vim + "/knockout?patches=");
        Assert.Equal(nothing["before"]!.ToJsonString(), nothing["after"]!.ToJsonString());
        var sandal = string.Join(
            ',', Enumerable.Range(7, 7).SelectMany(row => Enumerable.Range(7, 7).Select(column => (row * 14) + column)));
        var without = await explorer.Json($"{Vim}/knockout?patches={sandal}&eraser=mean");
        Assert.True((double)without["after"]![4]!["probability"]! < 0.5 * (double)without["before"]![4]!["probability"]!);
    }

    [Fact]
    public async Task A_deletion_curve_begins_at_the_probability_and_the_map_beats_random_patches()
    {
        var verdict = await explorer.Json(Vim);
        var curve = await explorer.Json(Vim + "/deletion?method=mamba-lrp");
        Assert.Equal(10, curve["fractions"]!.AsArray().Count);
        foreach (var order in new[] { "mostFirst", "leastFirst", "random" })
        {
            Assert.Equal((double)verdict["top"]![0]!["probability"]!, (double)curve[order]![0]!, 1e-6);
        }

        Assert.True((double)curve["mostFirst"]![1]! < (double)curve["random"]![1]!);
        Assert.True((double)curve["leastFirst"]![1]! > (double)curve["mostFirst"]![1]!);
    }

    [Fact]
    public async Task A_picture_that_is_sent_is_looked_at_like_the_sample_it_is()
    {
        using var file = new ByteArrayContent(await File.ReadAllBytesAsync(Sample));
        file.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        using var answer = await explorer.Client.PostAsync(new Uri("/api/pictures?name=..%2F..%2Fme%0A.png", UriKind.Relative), file);
        var taken = System.Text.Json.Nodes.JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal("../../me⏎.png", (string)taken["name"]!); // shown, never opened
        var id = (string)taken["picture"]!;
        Assert.Matches("^[0-9a-f]{24}$", id);
        var own = await explorer.Json($"/api/models/demo-vim/pictures/{id}");
        Assert.Equal((await explorer.Json(Vim)).ToJsonString(), own.ToJsonString());
        var small = await explorer.Client.GetByteArrayAsync(new Uri($"/api/pictures/{id}?side=28", UriKind.Relative));
        Assert.Equal(28, ImageFile.Decode(small).Width);
        var seen = await explorer.Client.GetByteArrayAsync(new Uri(Vim + "/input", UriKind.Relative));
        Assert.Equal(Subject.Input.Image.Pixels, ImageFile.Decode(seen).Pixels);
    }

    private static void AssertClose(float[] expected, float[] found)
    {
        var largest = expected.Max(Math.Abs);
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * largest));
    }
}
