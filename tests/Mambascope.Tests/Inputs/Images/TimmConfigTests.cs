using System.Text.Json;
using Mambascope.Inputs.Images;
using Xunit;

namespace Mambascope.Tests.Inputs.Images;

public sealed class TimmConfigTests
{
    private const string Nested = """
        {"architecture": "vit_tiny_patch16_224", "num_classes": 5, "num_features": 64, "label_names": ["a", "b", "c", "d", "e"],
         "pretrained_cfg": {"input_size": [3, 16, 16], "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "crop_pct": 0.9, "interpolation": "bicubic", "crop_mode": "center"}}
        """;

    [Fact]
    public void It_reads_the_same_input_as_the_same_model_in_Hugging_Faces_form()
    {
        var huggingFace = PreprocessingConfig.Read(Json("""
            {"do_resize": true, "size": {"shortest_edge": 17}, "resample": 3, "do_center_crop": true, "crop_size": {"height": 16, "width": 16},
             "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}
            """));
        var picture = PilResizeTests.Noise(56, 40, seed: 50);
        Assert.Equal(huggingFace.Apply(picture).PixelValues, Read(Nested).Apply(picture).PixelValues);
        Assert.Equal("config.json of timm", Read(Nested).SizesFrom);
        Assert.Equal("config.json of timm", Read(Nested).NormalisationFrom);
    }

    [Fact]
    public void Older_files_have_the_keys_at_the_top()
    {
        var found = Read(
            """{"architecture": "x", "input_size": [3, 224, 224], "mean": [0.1, 0.2, 0.3], "std": [1, 1, 1], "crop_pct": 1.0, "interpolation": "bilinear"}""");
        Assert.Equal(new ResizeShorterSide(224), found.Resize);
        Assert.Equal((224, 224), found.Crop);
        Assert.Equal(ResizeFilter.Bilinear, found.Filter);
        Assert.Equal([0.1f, 0.2f, 0.3f], found.Mean);
    }

    [Fact]
    public void Absent_keys_mean_what_timm_means_and_are_said_to_be_assumed()
    {
        var found = Read("""{"pretrained_cfg": {}}""", imageSize: 56);
        Assert.Equal(
            (new ResizeShorterSide(64), ResizeFilter.Bicubic, (56, 56)),
            ((ResizeShorterSide)found.Resize!, found.Filter, found.Crop!.Value));
        Assert.Contains("0.875 assumed", found.SizesFrom, StringComparison.Ordinal);
        Assert.Contains("assumed", found.NormalisationFrom, StringComparison.Ordinal);
    }

    [Fact]
    public void Squashed_models_keep_no_aspect_ratio()
    {
        var found = Read("""{"pretrained_cfg": {"input_size": [3, 10, 20], "crop_pct": 0.9, "crop_mode": "squash"}}""");
        Assert.Equal(new ResizeExactly(22, 11), found.Resize);
        Assert.Equal((20, 10), found.Crop);
    }

    [Theory]
    [InlineData("""{"pretrained_cfg": {}}""", true)]
    [InlineData("""{"architecture": "x", "mean": [1, 1, 1]}""", true)]
    [InlineData("""{"architecture": "x"}""", false)]
    [InlineData("""{"model_type": "vit", "mean": [1, 1, 1]}""", false)]
    [InlineData("[]", false)]
    public void It_is_known_by_its_keys(string json, bool matches) => Assert.Equal(matches, TimmConfig.Matches(Json(json)));

    [Theory]
    [InlineData("[]", "JSON object")]
    [InlineData("""{"pretrained_cfg": 3}""", "an object")]
    [InlineData("""{"pretrained_cfg": {"input_size": [3, 16]}}""", "[channels, height, width]")]
    [InlineData("""{"pretrained_cfg": {"input_size": [3, 16, 0]}}""", "[channels, height, width]")]
    [InlineData("""{"pretrained_cfg": {"input_size": [3, 16, 20]}}""", "20x16 with crop_mode center")]
    [InlineData("""{"pretrained_cfg": {"crop_pct": 0}}""", "0.1 to 1")]
    [InlineData("""{"pretrained_cfg": {"crop_pct": "x"}}""", "0.1 to 1")]
    [InlineData("""{"pretrained_cfg": {"crop_mode": "border"}}""", "found border")]
    [InlineData("""{"pretrained_cfg": {"interpolation": "lanczos"}}""", "found lanczos")]
    [InlineData("""{"pretrained_cfg": {"interpolation": 3}}""", "a word")]
    [InlineData("""{"pretrained_cfg": {"mean": [1, 2]}}""", "1 or 3 numbers")]
    [InlineData("""{"pretrained_cfg": {"std": [1, 1, 0]}}""", "above 0")]
    [InlineData("""{"pretrained_cfg": {"mean": [0.5]}}""", "as many std as mean")]
    public void Bad_values_name_the_file_and_what_was_expected(string json, string part)
    {
        var error = Assert.Throws<BadInputException>(() => Read(json));
        Assert.StartsWith("some/config.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static Preprocessing Read(string json, int imageSize = 16) => TimmConfig.Read(Json(json), imageSize, "some/config.json");

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
