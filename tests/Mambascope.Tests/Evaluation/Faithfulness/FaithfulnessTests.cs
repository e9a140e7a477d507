using Mambascope.Evaluation.Faithfulness;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Tests.Evaluation.Perturbation;
using Xunit;

namespace Mambascope.Tests.Evaluation.Faithfulness;

public sealed class FaithfulnessTests
{
    [Fact]
    public void Infidelity_worked_by_hand()
    {
        // The best factor of sums 1, 2 for drops 1, 1 is 3/5: misses 0.4 and 0.2.
        Assert.Equal(0.1, MapFaithfulness.Infidelity([1, 2], [1, 1]), tolerance: 1e-12);
        Assert.Equal(0, MapFaithfulness.Infidelity([1, 2], [3, 6]), tolerance: 1e-12);
        Assert.Equal(2.5, MapFaithfulness.Infidelity([1, 2], [-1, -2]), tolerance: 1e-12); // the opposite foretells nothing
        Assert.Throws<ArgumentException>(() => MapFaithfulness.Infidelity([], []));
    }

    [Fact]
    public void The_exact_map_of_a_linear_model_is_perfectly_faithful()
    {
        var (drops, exact) = LinearModel();
        var record = MapFaithfulness.Measure(drops, Pictures.Map(3, 2, exact));
        Assert.Equal(1, record.Correlation, tolerance: 1e-6);
        Assert.Equal(0, record.RelativeInfidelity, tolerance: 1e-6);
        Assert.Equal(-1, MapFaithfulness.Measure(drops, Pictures.Map(3, 2, [.. exact.Select(v => -v)])).Correlation, tolerance: 1e-6);
        Assert.Equal(
            new(0, 0, 0, IsDegenerate: true),
            MapFaithfulness.Measure(drops, Pictures.Map(3, 2, new float[6])) with
            {
                Infidelity = 0,
                RelativeInfidelity = 0,
            });
        Assert.Equal(1, MapFaithfulness.Measure(drops, Pictures.Map(3, 2, new float[6])).RelativeInfidelity, tolerance: 1e-12);
        Assert.Throws<BadInputException>(() => MapFaithfulness.Measure(drops, Pictures.Map(2, 3, exact)));
    }

    [Fact]
    public void Subsets_have_their_size_no_repetition_and_repeat_with_the_seed()
    {
        var drops = LinearModel().Drops;
        Assert.All(drops.Subsets, subset => Assert.Equal(2, subset.Distinct().Count()));
        Assert.Equal(0.3, drops.Subsets.Count(subset => subset.Contains(4)) / 200.0, tolerance: 0.1);
        Assert.Equal(drops.Drops, LinearModel().Drops.Drops);
        Assert.Equal(drops.Drops, LinearModel(batchSize: 7).Drops.Drops);
        Assert.NotEqual(drops.Drops, LinearModel(unit: 4).Drops.Drops);
        Assert.Throws<BadInputException>(() => LinearModel(share: 1));
    }

    // 6 x 4 pixels in 3 x 2 patches of 2 x 2; class 0 is the sum of weight times brightness, so a patch's drop is its own part of it.
    private static (PatchDrops Drops, float[] Exact) LinearModel(int batchSize = 16, int unit = 3, double share = 0.33)
    {
        var picture = Pictures.Random(6, 4, seed: 11);
        float[] weights = [.. Enumerable.Range(0, 24).Select(i => (i % 5) - 1.5f)];
        var image = new NormalisedImage(picture, Pictures.Plain);
        var exact = new float[6];
        for (var i = 0; i < 24; i++)
        {
            exact[(i / 4 / 2 * 2) + (i % 4 / 2)] += weights[i] * image.Values[i];
        }

        return (
            PatchDrops.Measure(
                Pictures.Linear(weights, 0), image, 3, 2, explained: 0, unit, new()
                {
                    Samples = 200,
                    Share = share,
                    BatchSize = batchSize,
                }),
            exact);
    }
}
