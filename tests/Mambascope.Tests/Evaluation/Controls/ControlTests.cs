using Mambascope.Evaluation.Controls;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Inputs.Images;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Evaluation.Controls;

public sealed class ControlTests
{
    [Fact]
    public void A_random_map_depends_on_seed_and_unit_alone()
    {
        var map = RandomMap.Of(14, 14, seed: 1, unit: 5);
        Assert.Equal(map.Values, RandomMap.Of(14, 14, seed: 1, unit: 5).Values);
        Assert.NotEqual(map.Values, RandomMap.Of(14, 14, seed: 1, unit: 6).Values);
        Assert.NotEqual(map.Values, RandomMap.Of(14, 14, seed: 2, unit: 5).Values);
        Assert.InRange(map.Values.Average(), 0.4, 0.6);
        Assert.Null(map.Degenerate);
    }

    [Fact]
    public void The_centre_gaussian_is_largest_in_the_middle_and_symmetric()
    {
        // 3 x 3 with a deviation of a third of the side: neighbours are one deviation away.
        var map = CentreGaussian.Of(3, 3, 1 / 3.0);
        var (side, corner) = (Math.Exp(-0.5), Math.Exp(-1));
        Golden.AssertClose(
            "gaussian", [.. map.Values.Select(v => (double)v)], [corner, side, corner, side, 1, side, corner, side, corner], 1e-6);
    }

    [Fact]
    public void The_oracle_is_the_share_of_each_patch()
    {
        ObjectMask mask = new([1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 4, 4);
        Assert.Equal([0.75f, 0, 0, 0.25f], Oracle.Of(mask, 2, 2).Values);

        // Three columns in two patches: the middle one counts half in each.
        Golden.AssertClose("uneven", [.. Oracle.Of(new([1, 1, 0], 1, 3), 1, 2).Values.Select(v => (double)v)], [1, 1 / 3.0], 1e-6);
        Assert.NotNull(Oracle.Of(new(new byte[4], 2, 2), 2, 2).Degenerate);
    }

    [Fact]
    public void Colour_is_the_squared_distance_of_a_patch_from_the_mean_patch()
    {
        // Two patches of 1 x 1: red 255 and red 0; their mean is 127.5.
        var image = new RgbImage(2, 1, [255, 10, 0, 0, 10, 0]);
        Assert.NotNull(ColourDistance.Of(image, new PatchGrid(3, 1, 2, 1, 1)).Degenerate); // two are equally far from their mean
        image = new RgbImage(3, 1, [255, 0, 51, 0, 0, 51, 0, 0, 51]);
        Golden.AssertClose(
            "colour",
            [.. ColourDistance.Of(image, new PatchGrid(3, 1, 3, 1, 1)).Values.Select(value => (double)value)],
            [4 / 9.0, 1 / 9.0, 1 / 9.0],
            1e-6);
    }

    [Fact]
    public void Colour_reads_whole_patches_with_their_stride()
    {
        var image = new RgbImage(8, 4);
        image.Pixels[((2 * 8) + 3) * 3] = 255; // row 2, column 3: in the patches that begin at columns 0 and 2, not in the one at 4
        var map = ColourDistance.Of(image, new PatchGrid(3, 4, 8, 4, 2));
        Assert.Equal((1, 3), (map.Rows, map.Columns));
        Golden.AssertClose("colour", [.. map.Values.Select(value => (double)value)], [5 / 9.0, 5 / 9.0, 2 / 9.0], 1e-6);
    }
}
