using System.Text.Json.Nodes;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Sanity;

namespace Mambascope.Evaluation.Measures.Pictures;

/// <summary>Parameter randomisation in an evaluation; see <see cref="ParameterRandomisation"/>.</summary>
/// <param name="steps">Steps of the cascade that are looked at; see <see cref="RandomisedModel.Cascade"/>.</param>
public sealed class SanityMeasure(int steps = RandomisedModel.StandardSteps) : PictureMeasure<RandomisationRecord>
{
    /// <inheritdoc/>
    public override string Name => "sanity";

    /// <inheritdoc/>
    public override string Description => "does a map change when the model forgets what it learned: parameter randomisation";

    /// <inheritdoc/>
    public override JsonObject Options => new() { ["steps"] = steps };

    /// <inheritdoc/>
    protected override string Title => "Parameter randomisation";

    /// <inheritdoc/>
    protected override string Note
        => $"The weights are put in random order from the classifier down, in {steps} steps, and the same class is explained again. "
            + "Figures are rank correlations with the map of the trained model: after the classifier alone, after all weights, and, "
            + "without their sign (a map that turns around has changed), after all weights and on the mean of all steps. Near 0 is right: "
            + "what stays shows the picture, not the model. A method that does not depend on the class keeps 1 after the "
            + "classifier. centre-gaussian and oracle do not read the model and keep 1; random is drawn anew at every step: its "
            + "correlation without sign is what chance leaves.";

    /// <inheritdoc/>
    protected override IReadOnlyList<MeanFigure<RandomisationRecord>> Columns { get; } =
    [
        new("final_similarity", "similarity, all weights", isHigherBetter: false, record => Math.Abs(record.Correlations[^1])),
        new("mean_similarity", "similarity, all steps", isHigherBetter: false, record => record.Correlations.Average(Math.Abs)),
        new("classifier_correlation", "correlation, classifier", isHigherBetter: null, record => record.Correlations[0]),
        new("final_correlation", "correlation, all weights", isHigherBetter: null, record => record.Correlations[^1]),
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
        var cascade = RandomisedModel.Cascade(((PictureModel)model).Network, steps, seed);
        return (picture, maps, workers, pool) =>
        {
            var methods = maps.Select(map => map.Method).ToArray();
            var pixels = picture.Pixels;
            var randomised = cascade
                .Select((changed, step) => picture.MapsAgain(methods, changed.Network, pixels, step + 1, workers, pool))
                .ToArray();
            return maps.Select((map, m) => ParameterRandomisation.Measure(map.Map, randomised.Select(step => step[m])));
        };
    }

    /// <inheritdoc/>
    protected override int Degenerate(RandomisationRecord record) => record.IsDegenerate ? 1 : 0;

    /// <summary>The measure with the given <see cref="Options"/>.</summary>
    internal static SanityMeasure Of(MeasureOptions options) => new(options.Whole("steps"));

    private IReadOnlyList<(double X, double Y)> Points(RandomisationRecord[] records)
        => [
            .. Enumerable
                .Range(0, steps)
                .Select(step => (steps == 1 ? 100.0 : 100.0 * step / (steps - 1), records.Average(record => record.Correlations[step]))),
        ];
}
