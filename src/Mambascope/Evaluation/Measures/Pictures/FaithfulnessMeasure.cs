using System.Text.Json.Nodes;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Faithfulness;
using Mambascope.Evaluation.Perturbation;

namespace Mambascope.Evaluation.Measures.Pictures;

/// <summary>Infidelity and faithfulness correlation in an evaluation; see <see cref="MapFaithfulness"/>.</summary>
/// <param name="sampling">How patches are drawn and erased; its seed gives way to the run's.</param>
public sealed class FaithfulnessMeasure(PatchSampling sampling) : PictureMeasure<FaithfulnessRecord>
{
    /// <inheritdoc/>
    public override string Name => "faithfulness";

    /// <inheritdoc/>
    public override string Description
        => "does a map foretell what erasing patches does to the score: infidelity, faithfulness correlation";

    /// <inheritdoc/>
    public override JsonObject Options
        => new()
        {
            ["samples"] = sampling.Samples,
            ["share"] = sampling.Share,
            ["eraser"] = sampling.Eraser.Name,
        };

    /// <inheritdoc/>
    protected override string Title => "Faithfulness";

    /// <inheritdoc/>
    protected override string Note
        => $"{sampling.Samples} random subsets of {100 * sampling.Share:0.#} % of the patches are erased ({sampling.Eraser.Name}), the "
            + "same for every method, and the drop of the explained class's score is compared with the relevance of what was erased. "
            + "Correlation: 1 is perfect, 0 foretells nothing. Relative infidelity: squared error of the foretold drop at the map's best "
            + "scale, over the squared drop; 0 is perfect, 1 foretells nothing. Infidelity: the same error in squared logits. "
            + "Most subsets lower the score whatever is in them, so that even a flat map foretells part of the drop: read infidelity "
            + "against random. random, centre-gaussian, colour (distance from the mean colours) and oracle are controls.";

    /// <inheritdoc/>
    protected override IReadOnlyList<MeanFigure<FaithfulnessRecord>> Columns { get; } =
    [
        new("correlation", "correlation", isHigherBetter: true, record => record.Correlation),
        new("relative_infidelity", "relative infidelity", isHigherBetter: false, record => record.RelativeInfidelity),
        new("infidelity", "infidelity", isHigherBetter: null, record => record.Infidelity),
    ];

    /// <inheritdoc/>
    protected override Measuring<PictureCase, FaithfulnessRecord> Begin(MeasuredModel model, int seed)
    {
        var drawn = sampling with { Seed = seed };
        return (picture, maps, workers, pool) =>
        {
            var (tested, grid) = (picture.Model, picture.Model.Network.Grid);
            var image = new NormalisedImage(picture.Input, tested.Preprocessing);
            var drops = PatchDrops.Measure(
                tested.Classifier(workers, pool), image, grid.Rows, grid.Columns, picture.Explained, picture.Index, drawn);
            return maps.Select(map => MapFaithfulness.Measure(drops, map.Map));
        };
    }

    /// <inheritdoc/>
    protected override int Degenerate(FaithfulnessRecord record) => record.IsDegenerate ? 1 : 0;

    /// <summary>The measure with the given <see cref="Options"/>.</summary>
    internal static FaithfulnessMeasure Of(MeasureOptions options)
        => new(
            new()
            {
                Samples = options.Whole("samples"),
                Share = options.Number("share"),
                Eraser = Erasers.Find(options.Text("eraser")),
            });
}
