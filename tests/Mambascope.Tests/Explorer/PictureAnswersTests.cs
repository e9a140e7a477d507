using Mambascope.Application;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Imaging;
using Mambascope.Inputs.Images;
using Mambascope.Models;
using Mambascope.Tests.Explorer.Generated;
using Xunit;

namespace Mambascope.Tests.Explorer;

/// <summary>What the page is told about a picture is what the library says.</summary>
public sealed class PictureAnswersTests(OpenExplorer explorer) : IClassFixture<OpenExplorer>
{
    private const string Vim = "demo-vim";
    private const string Two = "two-items";

    private static string Sample => Path.Combine(Repository.Root, "samples", "two-items.png");

    private PictureSubject Subject => new("two-items", explorer.Vim.Preprocess(ImageFile.Decode(Sample)));

    [Fact]
    public async Task The_contents_name_models_methods_pictures_and_texts()
    {
        var contents = await explorer.Api.ContentsAsync();
        Assert.Equal(["demo-vim", "demo-deit", "demo-mamba"], contents.Models.Select(model => model.Name));
        Assert.Equal("two-items", contents.Pictures[0]);
        Assert.True(contents.Pictures.Count > 30);
        Assert.Contains("To be, or not to b", contents.Texts);
        var vim = contents.Models[0];
        Assert.Equal(
            AttributionMethods.For(explorer.Vim.Model.Shape).Select(method => method.Name), vim.Methods.Select(method => method.Name));
        Assert.Equal((8, 2, 14, 98), (vim.Layers, vim.Scans, vim.Rows, vim.ClassToken));
        Assert.Equal(Enumerable.Range(0, 8), vim.Mixing);
    }

    [Fact]
    public async Task The_verdict_is_the_classifiers()
    {
        using var run = explorer.Vim.Run<float>(Subject.Input);
        var verdict = await explorer.Api.AskPictureAsync(Vim, Two);
        Assert.Equal(run.Top(8).Select(answer => answer.Label), verdict.Top.Select(answer => answer.Label));
        Assert.Equal(run.Top(1)[0].Probability, verdict.Top[0].Probability);
        Assert.Equal([0.0, 0, 56, 56], verdict.Seen);
        Assert.Equal((56, 56), (verdict.OriginalWidth, verdict.OriginalHeight));
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
        var found = await NumbersAnswer.Of(explorer.Api.ExplainPictureAsync(Vim, Two, ["mamba-lrp", "attribution"], target: "Trouser"));
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
        var found = await NumbersAnswer.Of(explorer.Api.PictureMaskAsync(Vim, Two, "mamba-lrp", threshold: threshold, boxes: "all"));
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
        var found = await Attention(layer: 5, direction: "backward", view: "block");
        Assert.Equal(expected.Matrix.Values, found.Tensors["matrix"]);
        Assert.NotEqual(expected.Matrix.Values, (await Attention(layer: 5)).Tensors["matrix"]);
    }

    [Fact]
    public async Task The_strongest_channels_are_named_and_one_of_them_can_be_shown()
    {
        var ranked = await Attention(layer: 5, channels: 4);
        var first = (int)ranked.About["top_channels"]![0]!["channel"]!;
        var one = await Attention(layer: 5, channel: first);
        Assert.Equal(
            Attending.Show<float>(explorer.Vim, Subject, new() { Layer = 5, Channel = first }).Matrix.Values, one.Tensors["matrix"]);
    }

    [Fact]
    public async Task A_row_of_the_strip_is_the_row_of_its_layers_matrix()
    {
        var strip = await NumbersAnswer.Of(explorer.Api.PictureLayersAsync(Vim, Two));
        var rows = strip.About["rows"]!.AsArray();
        Assert.Equal(16, rows.Count);
        Assert.Equal("backward", (string)rows[11]!["part"]!);
        var matrix = Attending.Show<float>(
            explorer.Vim, Subject, new() { Layer = 5, Directions = ScanDirections.Backward }).Matrix;
        AssertClose(matrix.Row(98).ToArray(), strip.Tensors["row.11"]);

        var deit = await NumbersAnswer.Of(explorer.Api.PictureLayersAsync("demo-deit", Two, token: 7));
        Assert.Equal(6, deit.About["rows"]!.AsArray().Count);
        var softmax = (await NumbersAnswer.Of(explorer.Api.PictureAttentionAsync("demo-deit", Two, layer: 2))).Tensors["matrix"];
        AssertClose(softmax[(7 * 197)..(8 * 197)], deit.Tensors["row.2"]);
        Assert.Equal(1, deit.Tensors["row.2"].Sum(), 1e-4);
    }

    [Fact]
    public async Task Knocking_nothing_out_changes_nothing_and_knocking_the_sandal_out_does()
    {
        var nothing = await explorer.Api.KnockOutAsync(Vim, Two, patches: "");
        Assert.Equal(nothing.Before.Select(answer => answer.Probability), nothing.After.Select(answer => answer.Probability));
        var sandal = string.Join(
            ',', Enumerable.Range(7, 7).SelectMany(row => Enumerable.Range(7, 7).Select(column => (row * 14) + column)));
        var without = await explorer.Api.KnockOutAsync(Vim, Two, sandal, eraser: "mean");
        Assert.True(without.After[4].Probability < 0.5 * without.Before[4].Probability);
    }

    [Fact]
    public async Task A_deletion_curve_begins_at_the_probability_and_the_map_beats_random_patches()
    {
        var verdict = await explorer.Api.AskPictureAsync(Vim, Two);
        var curve = await explorer.Api.PictureDeletionAsync(Vim, Two, "mamba-lrp");
        Assert.Equal(10, curve.Fractions.Count);
        Assert.All([curve.MostFirst, curve.LeastFirst, curve.Random], order => Assert.Equal(verdict.Top[0].Probability, order[0], 1e-6));
        Assert.True(curve.MostFirst[1] < curve.Random[1]);
        Assert.True(curve.LeastFirst[1] > curve.MostFirst[1]);
    }

    [Fact]
    public async Task A_picture_that_is_sent_is_looked_at_like_the_sample_it_is()
    {
        await using var file = File.OpenRead(Sample);
        var taken = await explorer.Api.SendPictureAsync(file, "../../me\n.png");
        Assert.Equal("../../me⏎.png", taken.Name); // shown, never opened
        Assert.Matches("^[0-9a-f]{24}$", taken.Picture);
        var (own, sample) = (await explorer.Api.AskPictureAsync(Vim, taken.Picture), await explorer.Api.AskPictureAsync(Vim, Two));
        Assert.Equal(sample.Top.Select(answer => answer.Probability), own.Top.Select(answer => answer.Probability));
        using var small = await explorer.Api.PictureAsync(taken.Picture, side: 28);
        Assert.Equal(28, (await Picture(small)).Width);
        using var seen = await explorer.Api.PictureInputAsync(Vim, Two);
        Assert.Equal(Subject.Input.Image.Pixels, (await Picture(seen)).Pixels);
    }

    private Task<NumbersAnswer> Attention(
        int layer, string? view = null, string? direction = null, int? channel = null, int? channels = null)
        => NumbersAnswer.Of(explorer.Api.PictureAttentionAsync(
            Vim, Two, layer, view, direction, channel: channel, channels: channels));

    private static async Task<RgbImage> Picture(FileResponse answer)
    {
        using var bytes = new MemoryStream();
        await answer.Stream.CopyToAsync(bytes);
        return ImageFile.Decode(bytes.ToArray());
    }

    private static void AssertClose(float[] expected, float[] found)
    {
        var largest = expected.Max(Math.Abs);
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * largest));
    }
}
