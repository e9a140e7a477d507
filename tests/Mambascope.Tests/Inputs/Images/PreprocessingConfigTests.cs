using System.Text.Json;
using Mambascope.Inputs.Images;
using Xunit;

namespace Mambascope.Tests.Inputs.Images;

public sealed class PreprocessingConfigTests
{
    [Fact]
    public void Reads_a_CLIP_style_file()
    {
        var found = Read("""
            {"do_resize": true, "size": {"shortest_edge": 256}, "resample": 3, "do_center_crop": true, "crop_size": {"height": 224, "width": 200},
             "do_rescale": true, "rescale_factor": 0.00392156862745098, "do_normalize": true, "image_mean": [0.1, 0.2, 0.3], "image_std": [0.4, 0.5, 0.6]}
            """);
        Assert.Equal(new ResizeShorterSide(256), found.Resize);
        Assert.Equal(ResizeFilter.Bicubic, found.Filter);
        Assert.Equal((200, 224), found.Crop);
        Assert.Equal([0.1f, 0.2f, 0.3f], found.Mean);
        Assert.Equal([0.4f, 0.5f, 0.6f], found.StandardDeviation);
    }

    [Fact]
    public void Reads_a_ViT_style_file()
    {
        var found = Read(
            """{"size": {"height": 224, "width": 192}, "resample": 2, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}""");
        Assert.Equal(new ResizeExactly(192, 224), found.Resize);
        Assert.Null(found.Crop);
        Assert.Equal(ResizeFilter.Bilinear, found.Filter);
    }

    [Theory]
    [InlineData("""{"size": 224}""", true)]
    [InlineData("""{"size": 256, "crop_size": 224}""", false)]
    [InlineData("""{"size": 256, "crop_size": 224, "do_center_crop": false}""", true)]
    [InlineData("""{"size": 256, "crop_size": 224, "feature_extractor_type": "DeiTFeatureExtractor"}""", true)]
    public void A_bare_size_is_both_sides_unless_a_crop_follows(string json, bool square) =>
        Assert.IsType(square ? typeof(ResizeExactly) : typeof(ResizeShorterSide), Read(json).Resize);

    [Fact]
    public void Switches_turn_steps_off()
    {
        var found = Read(
            """{"do_resize": false, "size": 224, "do_center_crop": false, "crop_size": 3, "do_rescale": false, "do_normalize": false}""");
        Assert.Null(found.Resize);
        Assert.Null(found.Crop);
        var image = new RgbImage(1, 1, [1, 2, 3]);
        Assert.Equal([1f, 2f, 3f], found.Apply(image).PixelValues);
    }

    [Fact]
    public void One_mean_is_a_grey_model() => Assert.Equal(1, Read("""{"image_mean": [0.5], "image_std": [0.2]}""").ChannelCount);

    [Theory]
    [InlineData("[]", "JSON object")]
    [InlineData("""{"do_resize": true}""", "no size")]
    [InlineData("""{"do_resize": 1, "size": 2}""", "true or false")]
    [InlineData("""{"size": 0}""", "whole number")]
    [InlineData("""{"size": 1e9}""", "whole number")]
    [InlineData("""{"size": {"longest_edge": 5}}""", "shortest_edge")]
    [InlineData("""{"size": {"shortest_edge": "x"}}""", "size.shortest_edge")]
    [InlineData("""{"size": 8, "resample": 1}""", "bicubic")]
    [InlineData("""{"size": 8, "resample": "2"}""", "bicubic")]
    [InlineData("""{"do_center_crop": true}""", "crop_size")]
    [InlineData("""{"crop_size": {"height": 5}}""", "crop_size")]
    [InlineData("""{"image_mean": [1, 2]}""", "image_mean")]
    [InlineData("""{"image_mean": [1, 2, "a"]}""", "image_mean")]
    [InlineData("""{"image_mean": [0.5]}""", "found 1 and 3")]
    [InlineData("""{"image_std": [1, 1, 0]}""", "above 0")]
    [InlineData("""{"rescale_factor": -1}""", "above 0")]
    [InlineData("""{"rescale_offset": true}""", "rescale_offset")]
    public void Bad_values_name_the_file_and_what_was_expected(string json, string part)
    {
        var error = Assert.Throws<BadInputException>(() => Read(json));
        Assert.StartsWith("some.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static Preprocessing Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return PreprocessingConfig.Read(document.RootElement, "some.json");
    }
}
