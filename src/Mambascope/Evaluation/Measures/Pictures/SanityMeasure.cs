using System.Text.Json.Nodes;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Sanity;
using Mambascope.Evaluation.Statistics;

namespace Mambascope.Evaluation.Measures.Pictures;

/// <summary>Parameter randomisation in an evaluation; see <see cref="ParameterRandomisation"/>.</summary>
/// <param name="steps">Steps of the cascade that are looked at; see <see cref="RandomisedModel.Cascade"/>.</param>
/// <param name="draws">Models with all weights randomised, the cascade's last among them.</param>
public sealed class SanityMeasure(int steps = RandomisedModel.StandardSteps, int draws = RandomisedModel.StandardDraws)
    : PictureMeasure<RandomisationRecord>
{
    /// <summary>
    /// Of this similarity and more, with its interval, a method is marked: half of its map is there whatever the model learned.
    /// </summary>
    public const double HardlyDepends = 0.5;

    /// <inheritdoc/>
    public override string Name => "sanity";

    /// <inheritdoc/>
    public override string Description => "does a map change when the model forgets what it learned: parameter randomisation";

    /// <inheritdoc/>
    public override JsonObject Options => new() { ["steps"] = steps, ["draws"] = draws };

    /// <inheritdoc/>
    protected override string Title => "Parameter randomisation";

    /// <inheritdoc/>
    protected override string Note
        => $"The weights are put in random order from the classifier down, in {steps} steps, and all at once in {draws} models, and the "
            + "same class is explained again. Similarity: rank correlation with the map of the trained model without its sign (a map "
            + "that turns around has changed), with all weights randomised and on the mean of the cascade's steps; near 0 is right: what "
            + "stays shows the picture, not the model. Signed maps are flattered by it, since signs of a random network are random, so "
            + "the rank correlation of absolute values and the structural similarity (SSIM) stand beside it. A method that does not "
            + "depend on the class keeps a correlation of 1 after the classifier. centre-gaussian, colour and oracle do not read the "
            + "model and keep 1; random is drawn anew at every step: its figures are what chance leaves. Marked as hardly depending on "
            + $"the weights: similarity of at least {HardlyDepends} with its interval.";

    /// <inheritdoc/>
    protected override IReadOnlyList<MeanFigure<RandomisationRecord>> Columns { get; } =
    [
        new("final_similarity", "similarity, all weights", isHigherBetter: false, Similarity),
        new("mean_similarity", "similarity, all steps", isHigherBetter: false, record => record.Correlations.Average(Math.Abs)),
        new(
            "absolute_correlation", "correlation of absolute values, all weights", isHigherBetter: false,
            record => record.Forgotten.Average(each => each.AbsoluteCorrelation)),
        new("ssim", "SSIM, all weights", isHigherBetter: false, record => record.Forgotten.Average(each => each.Ssim)),
        new("classifier_correlation", "correlation, classifier", isHigherBetter: null, record => record.Correlations[0]),
        new(
            "final_correlation", "correlation, all weights", isHigherBetter: null,
            record => record.Forgotten.Average(each => each.Correlation)),
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<(
        ResultColumn Column,
        Func<IReadOnlyList<RandomisationRecord>, ResultCell> Value
    )> OtherColumns
    { get; } =
    [
        (new("weights", ResultKind.Text), records => ResultCell.Text(
            Measured.Mean("", [.. records.Select(Similarity)]).Interval().Lower >= HardlyDepends ? "hardly depends on them" : "")),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<MeasureCurves> Curves(IReadOnlyList<MethodLines> methods)
        =>
        [
            new(
                "correlation",
                "Rank correlation with the map of the trained model",
                "weights randomised, from the classifier alone to all, % of the way",
                "correlation",
                [.. methods.Select(method => (method.Name, Points(Records(method))))])
            {
                YMinimum = -1,
                YMaximum = 1,
            },
        ];

    /// <inheritdoc/>
    protected override Measuring<PictureCase, RandomisationRecord> Begin(MeasuredModel model, int seed)
    {
        var network = ((PictureModel)model).Network;
        var cascade = RandomisedModel.Cascade(network, steps, seed);
        var atOnce = RandomisedModel.AtOnce(network, draws - 1, seed);
        return (picture, trained, workers, pool) =>
        {
            var methods = trained.Select(map => map.Method).ToArray();
            var pixels = picture.Pixels;
            var maps = cascade.Concat(atOnce)
                .Select((changed, step) => picture.MapsAgain(methods, changed.Network, pixels, step + 1, workers, pool))
                .ToArray();
            return trained.Select((map, m) => ParameterRandomisation.Measure(
                map.Map, maps.Take(steps).Select(step => step[m]), maps.Skip(steps).Select(step => step[m])));
        };
    }

    /// <inheritdoc/>
    protected override int Degenerate(RandomisationRecord record) => record.IsDegenerate ? 1 : 0;

    /// <summary>The measure with the given <see cref="Options"/>.</summary>
    internal static SanityMeasure Of(MeasureOptions options) => new(options.Whole("steps"), options.Whole("draws"));

    private static double Similarity(RandomisationRecord record) => record.Forgotten.Average(each => Math.Abs(each.Correlation));

    private IReadOnlyList<(double X, double Y)> Points(RandomisationRecord[] records)
        => [
            .. Enumerable
                .Range(0, steps)
                .Select(step => (steps == 1 ? 100.0 : 100.0 * step / (steps - 1), records.Average(record => record.Correlations[step]))),
        ];
}
