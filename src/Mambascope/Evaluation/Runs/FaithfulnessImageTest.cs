using System.Text.Json.Nodes;
using Mambascope.Evaluation.Faithfulness;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Runs;

/// <summary>Infidelity and faithfulness correlation in an evaluation; see <see cref="FaithfulnessTest"/>.</summary>
/// <param name="sampling">How patches are drawn and erased; its seed gives way to the run's.</param>
public sealed class FaithfulnessImageTest(PatchSampling sampling) : RecordTest<FaithfulnessRecord>, IImageTest
{
    /// <inheritdoc/>
    public override string Name => "faithfulness";

    /// <inheritdoc/>
    public override string Description => "does a map foretell what erasing patches does to the score: infidelity, faithfulness correlation";

    /// <inheritdoc/>
    public override JsonObject Options => new() { ["samples"] = sampling.Samples, ["share"] = sampling.Share, ["eraser"] = sampling.Eraser.Name };

    /// <inheritdoc/>
    protected override string Title => "Faithfulness";

    /// <inheritdoc/>
    protected override string Note
        => $"{sampling.Samples} random subsets of {100 * sampling.Share:0.#} % of the patches are erased ({sampling.Eraser.Name}), the same for every method, and the drop of the explained class's score is compared with the relevance of what was erased. "
            + "Correlation: 1 is perfect, 0 foretells nothing. Relative infidelity: squared error of the foretold drop at the map's best scale, over the squared drop; 0 is perfect, 1 foretells nothing. Infidelity: the same error in squared logits. "
            + "Most subsets lower the score whatever is in them, so that even a flat map foretells part of the drop: read infidelity against random. random, centre-gaussian and oracle are controls.";

    /// <inheritdoc/>
    protected override IReadOnlyList<RecordFigure<FaithfulnessRecord>> Columns { get; } =
    [
        new("correlation", "correlation", isHigherBetter: true, record => record.Correlation),
        new("relative_infidelity", "relative infidelity", isHigherBetter: false, record => record.RelativeInfidelity),
        new("infidelity", "infidelity", isHigherBetter: null, record => record.Infidelity),
    ];

    /// <inheritdoc/>
    public IPreparedTest Prepare(TestModel model, int seed) => new Prepared(model, sampling with { Seed = seed });

    /// <inheritdoc/>
    protected override bool IsDegenerate(FaithfulnessRecord record) => record.IsDegenerate;

    /// <summary>The test with the given <see cref="Options"/>.</summary>
    internal static FaithfulnessImageTest Of(TestOptions options)
        => new(new() { Samples = options.Whole("samples"), Share = options.Number("share"), Eraser = Erasers.Find(options.Text("eraser")) });

    private sealed class Prepared(TestModel model, PatchSampling sampling) : IPreparedTest
    {
        public IReadOnlyList<JsonObject> Measure(TestImage image, IReadOnlyList<TestMap> maps, Workers workers, BufferPool<float> pool)
        {
            var grid = model.Network.Grid;
            var picture = new NormalisedImage(image.Input, model.Preprocessing);
            var drops = PatchDrops.Measure(model.Classifier(workers, pool), picture, grid.Rows, grid.Columns, image.Explained, image.Index, sampling);
            return [.. maps.Select(map => ResultLine.RecordOf(FaithfulnessTest.Measure(drops, map.Map)))];
        }
    }
}
