using Mambascope.Imaging;
using Mambascope.Inputs.Images;
using Xunit;

namespace Mambascope.Tests.Inputs.Images;

/// <summary>Decoding, resizing and cropping give PIL's bytes, for PNG and for JPEG.</summary>
public sealed class PreprocessingGoldenTests
{
    public static TheoryData<string, string, string> Cases { get; } = new(
        from name in new[] { "astronaut", "chelsea", "coffee" }
        from kind in new[] { "png", "jpg" }
        from recipe in new[] { "resize256_bicubic_crop224", "resize224_bilinear_crop224", "squash224_bilinear", "squash64_bicubic" }
        select (name, kind, recipe));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Bytes_equal_those_of_PIL(string name, string kind, string recipe)
    {
        var (height, width, expected) = PreprocessingGolden.Read(name, $"{kind}.{recipe}");
        var preprocessing = recipe switch
        {
            "resize256_bicubic_crop224" => Preprocessing.FromName("resize256-crop224"),
            "resize224_bilinear_crop224" => Preprocessing.FromName("resize224-crop224"),
            "squash224_bilinear" => Preprocessing.FromName("squash"),
            _ => Preprocessing.Squash(64) with { Filter = ResizeFilter.Bicubic },
        };

        var found = preprocessing.Apply(ImageFile.Decode(PreprocessingGolden.Picture(name, kind)));

        Assert.Equal((width, height), (found.Width, found.Height));
        var different = expected.Zip(found.Image.Pixels).Count(p => p.First != p.Second);
        var largest = expected.Zip(found.Image.Pixels).Max(p => Math.Abs(p.First - p.Second));
        Assert.True(different == 0, $"{name}.{kind} {recipe}: {different} of {expected.Length} bytes differ, by {largest} at most");
    }
}
