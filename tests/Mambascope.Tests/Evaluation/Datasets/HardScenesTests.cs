using System.Security.Cryptography;
using Mambascope.Attribution;
using Mambascope.Evaluation.Controls;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Inputs.Images;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Evaluation.Datasets;

/// <summary>Scenes whose garment colours do not show.</summary>
public sealed class HardScenesTests
{
    private const int Scenes = 200;
    private static readonly FashionScenes hard = FashionScenes.Test(style: SceneStyle.Hard);

    [Fact]
    public void They_never_change()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var k = 0; k < 100; k++)
        {
            var (scene, two) = (hard.Scene(k), hard.TwoItem(k));
            hash.AppendData(scene.Pixels);
            hash.AppendData(scene.Mask);
            hash.AppendData(two.Pixels);
            hash.AppendData([(byte)scene.Label, (byte)two.FirstLabel, (byte)two.SecondLabel]);
        }

        Assert.Equal("226e2f08a3227cec4fac2f3841e0d9f2", Convert.ToHexStringLower(hash.GetHashAndReset())[..32]);
    }

    /// <summary>The control scores as noise does, where on plain scenes it scores as a good method.</summary>
    [Fact]
    public void Colours_do_not_find_the_garment()
    {
        var (colour, noise) = (MeanIoU("fashion-scenes-hard", isColour: true), MeanIoU("fashion-scenes-hard", isColour: false));
        TestContext.Current.TestOutputHelper?.WriteLine($"colour {colour:0.000}, noise {noise:0.000}");
        Assert.InRange(colour, 0, noise + 0.05);
        Assert.InRange(MeanIoU("fashion-scenes", isColour: true), 0.55, 1);
    }

    [Fact]
    public void Large_garments_are_among_them_and_masks_are_exact()
    {
        double[] shares = [.. Enumerable.Range(0, Scenes).Select(k => hard.Scene(k).Mask.Count(m => m != 0) / 3136.0)];
        Assert.InRange(shares.Max(), 0.5, 0.9);
        Assert.InRange(shares.Min(), 0.02, 0.2);
    }

    [Fact]
    public void Two_garments_lie_apart()
    {
        for (var k = 0; k < Scenes; k++)
        {
            var two = hard.TwoItem(k);
            Assert.NotEqual(two.FirstLabel, two.SecondLabel);
            Assert.DoesNotContain((byte)2, two.FirstMask.Zip(two.SecondMask, (a, b) => (byte)(a + b)));
        }
    }

    private static double MeanIoU(string family, bool isColour)
    {
        var data = DatasetSpecification.Open($"{family}:test:{Scenes}");
        PatchGrid grid = new(3, 56, 56, 4, 4);
        return SegmentationSummary.Of(
        [
            .. Enumerable.Range(0, Scenes).Select(k =>
            {
                var picture = data.Read(k);
                var map = isColour ? ColourDistance.Of(picture.Image, grid) : RandomMap.Of(14, 14, seed: 0, unit: k);
                return MapSegmentation.Measure(map, new ObjectMask(picture.Mask!, 56, 56));
            }),
        ]).MeanIoU.Mean;
    }
}
