using System.Text.Json;
using Mambascope.Inputs.Images;
using Xunit;

namespace Mambascope.Tests.Inputs.Images;

public sealed class PreprocessingDescriptionTests
{
    [Fact]
    public void What_was_done_is_one_line_with_its_source()
    {
        var preset = Preprocessing.FromName("resize256-crop224", 56);
        Assert.Equal(
            "640x480 resized to 85x64 (bicubic), columns 14 to 70 and rows 4 to 60 kept (58 % of the picture); mean 0.485 0.456 0.406, std "
                + "0.229 0.224 0.225 (preset resize256-crop224)",
            Words(preset, 640, 480));
        Assert.Equal(
            "56x56, not resized; mean 0.485 0.456 0.406, std 0.229 0.224 0.225 (preset squash)",
            Words(Preprocessing.FromName("squash", 56), 56, 56));
        Assert.Equal(
            "4x9, not resized, columns 0 to 4 and rows 1 to 8 kept (78 % of the picture), centred on black 7x7, grey; mean 0.5, std 0.25 "
                + "(given)",
            Words(new Preprocessing { Crop = (7, 7), Mean = [0.5f], StandardDeviation = [0.25f] }, 4, 9));
        Assert.StartsWith(
            "3x2, not resized, bytes times 1;", Words(new Preprocessing { RescaleFactor = 1 }, 3, 2), StringComparison.Ordinal);
    }

    [Fact]
    public void A_turned_picture_is_named()
    {
        var upright = new ImageOrientation(6).Upright(new RgbImage(64, 48));
        var words = Preprocessing.Squash(48).Apply(upright).Description!.Words;
        Assert.StartsWith("turned a quarter clockwise (EXIF 6), 48x64 resized to 48x48 (bilinear); ", words, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_mean_or_deviation_says_where_it_comes_from()
    {
        var preset = Preprocessing.FromName("squash", 4);
        var both = preset.WithNormalisation([0.5f], [0.25f, 0.5f, 1], "--mean, --std");
        Assert.Equal([0.5f, 0.5f, 0.5f], both.Mean);
        Assert.Equal([0.25f, 0.5f, 1f], both.StandardDeviation);
        Assert.Equal("4x4, not resized (preset squash); mean 0.5 0.5 0.5, std 0.25 0.5 1 (--mean, --std)", Words(both, 4, 4));
        Assert.Equal(
            [(0 - 0.5f) / 0.25f, (0 - 0.5f) / 0.5f, -0.5f], both.Apply(new RgbImage(4, 4)).PixelValues.Where((_, i) => i % 16 == 0));
        Assert.EndsWith(
            "(mean --mean, the other preset squash)",
            Words(preset.WithNormalisation([0.1f], null, "--mean"), 4, 4),
            StringComparison.Ordinal);
        Assert.Equal(preset, preset.WithNormalisation(null, null, "x"));
        Assert.Throws<BadInputException>(() => preset.WithNormalisation([1, 2], null, "x"));
        Assert.Throws<BadInputException>(() => preset.WithNormalisation(null, [0], "x"));
        Assert.Throws<BadInputException>(() => preset.WithNormalisation([float.NaN], null, "x"));
    }

    [Fact]
    public void A_file_that_lacks_something_says_what_is_assumed()
    {
        var whole = Choose("""{"size": 8, "image_mean": [0, 0, 0], "image_std": [1, 1, 1]}""", null);
        Assert.Equal(("preprocessor_config.json", "preprocessor_config.json"), (whole.SizesFrom, whole.NormalisationFrom));
        Assert.StartsWith("ImageNet's, assumed", Choose("""{"size": 8}""", null).NormalisationFrom, StringComparison.Ordinal);
        var assumed = Choose(null, """{"model_type": "vim"}""");
        Assert.StartsWith("assumed", assumed.SizesFrom, StringComparison.Ordinal);
        Assert.Equal((new ResizeShorterSide(64), (56, 56)), ((ResizeShorterSide)assumed.Resize!, assumed.Crop!.Value));
    }

    [Fact]
    public void Files_are_asked_in_order()
    {
        const string Timm = """{"architecture": "vit", "pretrained_cfg": {"input_size": [3, 16, 16], "crop_pct": 0.5}}""";
        Assert.Equal(new ResizeExactly(8, 8), Choose("""{"size": 8}""", Timm).Resize);
        Assert.Equal(new ResizeShorterSide(32), Choose(null, Timm).Resize);
        Assert.Equal(new ResizeShorterSide(64), Choose(null, null).Resize);
    }

    private static string Words(Preprocessing preprocessing, int width, int height)
        => preprocessing.Apply(new RgbImage(width, height)).Description!.Words;

    private static Preprocessing Choose(string? preprocessorConfig, string? config)
        => PreprocessingConfig.Choose(
            preprocessorConfig is null
                ? null
                : (Json(preprocessorConfig), "/model/preprocessor_config.json"), config is null
                ? null
                : (Json(config), "/model/config.json"), 56);

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
