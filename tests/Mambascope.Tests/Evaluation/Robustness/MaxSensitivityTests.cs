using Mambascope.Evaluation.Perturbation;
using Mambascope.Evaluation.Robustness;
using Mambascope.Tests.Evaluation.Perturbation;
using Xunit;

namespace Mambascope.Tests.Evaluation.Robustness;

public sealed class MaxSensitivityTests
{
    private static readonly NormalisedImage image = new(Pictures.Grey(1, 2, 255, 128), Pictures.Plain);

    [Fact]
    public void Distance_worked_by_hand()
    {
        Assert.Equal(0.5, MaxSensitivity.Distance([4.5f, 6], [3, 4]), tolerance: 1e-12); // ‖(1.5, 2)‖ / ‖(3, 4)‖
        Assert.Equal(0, MaxSensitivity.Distance([1, 1], [0, 0]));
        Assert.Throws<ArgumentException>(() => MaxSensitivity.Distance([1], [1, 2]));
    }

    [Fact]
    public void A_map_that_ignores_the_picture_does_not_move()
        => Assert.Equal(new(0, 0, IsDegenerate: false), MaxSensitivity.Measure(_ => Pictures.Map(1, 2, 1, 2), image, unit: 0));

    [Fact]
    public void A_map_that_is_the_picture_moves_by_no_more_than_the_radius_allows()
    {
        var seen = new List<float>();
        var record = MaxSensitivity.Measure(
            pixels =>
            {
                seen.Add(pixels.Extent[0]);
                return Pictures.Map(1, 2, pixels.Extent[0], 0);
            }, image, unit: 0, radius: 0.1, samples: 50);

        // Relative change of one number: |x' - x| / x with x = 1.
        Assert.Equal(51, seen.Count);
        Assert.Equal(seen.Max(v => Math.Abs(v - 1)), record.Maximum, tolerance: 1e-6);
        Assert.Equal(seen.Skip(1).Average(v => Math.Abs(v - 1)), record.Mean, tolerance: 1e-6);
        Assert.InRange(record.Maximum, 0.08, 0.1 + 1e-6);
    }

    [Fact]
    public void Changes_depend_on_seed_and_unit_and_degenerate_maps_are_flagged()
    {
        SensitivityRecord Measure(int unit, int seed)
            => MaxSensitivity.Measure(pixels => Pictures.Map(1, 2, pixels.Extent[..2].ToArray()), image, unit, seed: seed);
        Assert.Equal(Measure(1, 2), Measure(1, 2));
        Assert.NotEqual(Measure(1, 2), Measure(2, 2));
        Assert.NotEqual(Measure(1, 2), Measure(1, 3));
        Assert.True(MaxSensitivity.Measure(_ => Pictures.Map(1, 2, 1, 1), image, unit: 0).IsDegenerate);
        Assert.Throws<BadInputException>(() => MaxSensitivity.Measure(_ => Pictures.Map(1, 2, 1, 1), image, unit: 0, radius: 0));
    }
}
