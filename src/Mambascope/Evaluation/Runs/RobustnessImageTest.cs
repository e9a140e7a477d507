using System.Text.Json.Nodes;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Evaluation.Robustness;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Runs;

/// <summary>Max-sensitivity in an evaluation; see <see cref="SensitivityTest"/>.</summary>
/// <param name="radius">Greatest change of a pixel, as a share of the way from black to white.</param>
/// <param name="samples">Changed copies of each picture.</param>
public sealed class RobustnessImageTest(double radius = SensitivityTest.StandardRadius, int samples = SensitivityTest.StandardSamples) : RecordTest<SensitivityRecord>, IImageTest
{
    /// <inheritdoc/>
    public override string Name => "robustness";

    /// <inheritdoc/>
    public override string Description => "how far maps move when the picture changes a little: max-sensitivity";

    /// <inheritdoc/>
    public override JsonObject Options => new() { ["radius"] = radius, ["samples"] = samples };

    /// <inheritdoc/>
    protected override string Title => "Robustness";

    /// <inheritdoc/>
    protected override string Note
        => $"Every picture is explained again in {samples} copies, the same for every method, whose pixels are changed at random by up to {100 * radius:0.##} % of the way from black to white; the explained class stays. "
            + "Max-sensitivity: the greatest distance of the copies' maps from the picture's, relative to its length; lower is better. Mean: of the same. "
            + "A low figure alone is no merit: centre-gaussian and oracle do not read the pixels and score 0, and so does a map that says nothing. random is drawn anew for every copy: what knows nothing and does not hold still.";

    /// <inheritdoc/>
    protected override IReadOnlyList<RecordFigure<SensitivityRecord>> Columns { get; } =
    [
        new("max_sensitivity", "max-sensitivity", isHigherBetter: false, record => record.Maximum),
        new("mean_sensitivity", "mean sensitivity", isHigherBetter: false, record => record.Mean),
    ];

    /// <inheritdoc/>
    public IPreparedTest Prepare(TestModel model, int seed) => new Prepared(model, radius, samples, seed);

    /// <inheritdoc/>
    protected override bool IsDegenerate(SensitivityRecord record) => record.IsDegenerate;

    /// <summary>The test with the given <see cref="Options"/>.</summary>
    internal static RobustnessImageTest Of(TestOptions options) => new(options.Number("radius"), options.Whole("samples"));

    private sealed class Prepared(TestModel model, double radius, int samples, int seed) : IPreparedTest
    {
        public IReadOnlyList<JsonObject> Measure(TestImage image, IReadOnlyList<TestMap> maps, Workers workers, BufferPool<float> pool)
        {
            var methods = maps.Select(map => map.Method).ToArray();
            var picture = new NormalisedImage(image.Input, model.Preprocessing);
            var copies = SensitivityTest.Copies(picture, image.Index, radius, samples, seed)
                .Select((pixels, copy) => TestMethod.MapsAgain(methods, model.Network, pixels, image, copy + 1, workers, pool))
                .ToArray();
            return [.. maps.Select((map, m) => ResultLine.RecordOf(SensitivityTest.Compare(map.Map, copies.Select(copy => copy[m]))))];
        }
    }
}
