using System.Text.Json.Nodes;
using Mambascope.Checkpoints;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Imaging;
using Mambascope.Inputs.Images;
using Mambascope.Models;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>--original: maps, masks, boxes and sheets in the pixels of the picture that was given.</summary>
public sealed class OriginalPictureTests : IDisposable
{
    private const int Width = 200;
    private const int Height = 120;

    private readonly SmallModel model = new();
    private readonly string picture;

    public OriginalPictureTests()
    {
        picture = model.Path("photo.png");
        var image = new RgbImage(Width, Height);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = (byte)(127 + (120 * Math.Sin(i * 0.003)));
        }

        ImageFile.SavePng(image, picture);
    }

    public void Dispose() => model.Dispose();

    [Fact]
    public void Maps_masks_and_boxes_are_of_the_whole_picture_and_empty_where_the_model_did_not_look()
    {
        var run = CliRun.Successful(Line("--original", "--save", model.Path("maps.safetensors"), "--json"));
        using var classifier = ImageClassifier.Open(model.Folder);
        var transform = classifier.Preprocess(ImageFile.Decode(picture)).Transform;
        var (left, _, right, _) = transform.Seen.Outward();
        Assert.True(left > 20 && right < Width - 20, "the crop leaves something out");

        using var saved = Checkpoint.Open(model.Path("maps.safetensors"));
        Assert.Equal([Height, Width], saved.Find("map_original").Shape);
        var map = saved.ReadSingles("map_original");
        Assert.Equal(transform.MapToOriginal(saved.ReadSingles("map"), 4, 4), map);
        Assert.True(float.IsNaN(map[0]) && !float.IsNaN(map[(60 * Width) + 100]));

        var mask = ImageFile.Decode(model.Path("mask.png"));
        Assert.Equal((Width, Height), (mask.Width, mask.Height));
        var foreground = Enumerable.Range(0, Width * Height).Where(pixel => mask.Pixels[3 * pixel] != 0).ToArray();
        Assert.InRange(foreground.Length, 1, (right - left) * Height);
        Assert.All(foreground, pixel => Assert.False(float.IsNaN(map[pixel])));
        var mean = map.Where(value => !float.IsNaN(value)).Average();
        Assert.All(foreground, pixel => Assert.True(map[pixel] > mean - 1e-6));

        var said = JsonNode.Parse(run.Out)!["pseudo_mask"]!;
        Assert.Equal((Width, Height), ((int)said["width"]!, (int)said["height"]!));
        Assert.Equal("the original picture, upright", (string?)said["pixels_of"]);
        var box = said["boxes"]![0]!;
        Assert.True((int)box["left"]! >= left && (int)box["right"]! <= right);
    }

    [Fact]
    public void The_sheet_shows_the_whole_picture()
    {
        CliRun.Successful(Line());
        var cropped = ImageFile.Decode(model.Path("sheet.png"));
        CliRun.Successful(Line("--original", "--force"));
        var whole = ImageFile.Decode(model.Path("sheet.png"));
        Assert.True(whole.Width > cropped.Width - 100 && whole.Height < cropped.Height, "panels are wider than high");
        CliRun.Successful(
            "compare", picture, "--models", $"{model.Folder},demo-vim", "--method", "mamba-lrp", "--original", "--save",
            model.Path("c.safetensors"), "--out", model.Path("c.png"));
        using var saved = Checkpoint.Open(model.Path("c.safetensors"));
        Assert.Equal([Height, Width], saved.Find("map_original.demo-vim.mamba-lrp").Shape);
    }

    [Fact]
    public void Numbers_without_a_picture_have_no_original()
    {
        CliRun.Of("explain", model.Input(), "--model", model.Folder, "--original").AssertFailed(1, "--original", "give the picture");
        CliRun.Of("explain", "--text", "a", "--original").AssertFailed(1, "--original is for pictures");
    }

    [Fact]
    public void A_mask_of_a_whole_picture_that_was_seen_at_its_own_size_is_the_ordinary_one()
    {
        float[] values = [0, 1, 2, 3];
        var map = new Mambascope.Attribution.RelevanceMap<float> { Values = values, Rows = 2, Columns = 2 };
        foreach (var threshold in new[] { MapThreshold.Mean, MapThreshold.Otsu, MapThreshold.At(0.5) })
        {
            Assert.Equal(
                PseudoMask.Of(map, 12, 9, threshold).Values,
                PseudoMask.OfOriginal(map, ImageTransform.Identity(9, 12), threshold).Values);
        }
    }

    private string[] Line(params string[] more)
        =>
        [
            "explain", picture, "--model", model.Folder, "--method", "mamba-lrp", "--out", model.Path("sheet.png"), "--mask",
            model.Path("mask.png"), "--boxes", model.Path("boxes.json"), .. more,
        ];
}
