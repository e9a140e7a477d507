using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Sanity;
using Mambascope.Evaluation.Statistics;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Measures.Pictures;

/// <summary>
/// Does a map depend on what the model has learned, and on nothing else? Parameter randomisation
/// (<see cref="ParameterRandomisation"/>), data randomisation (<see cref="ShuffledTwin"/>) and input invariance
/// (<see cref="ShiftedInput"/>).
/// </summary>
/// <param name="steps">Steps of the cascade that are looked at; see <see cref="RandomisedModel.Cascade"/>.</param>
/// <param name="draws">Models with all weights randomised, the cascade's last among them.</param>
/// <param name="isShifted">Whether the map of a shifted input is looked at.</param>
/// <param name="against">Models trained on shuffled labels, one for each measured model; none by default.</param>
public sealed class SanityMeasure(
    int steps = RandomisedModel.StandardSteps, int draws = RandomisedModel.StandardDraws, bool isShifted = true,
    IReadOnlyList<ShuffledTwin>? against = null)
    : PictureMeasure<RandomisationRecord>
{
    private const string ShiftedOption = "shifted";
    private const string AgainstOption = "against";

    /// <summary>
    /// Of this similarity and more, with its interval, a method is marked: half of its map is there whatever the model learned.
    /// </summary>
    public const double HardlyDepends = 0.5;

    /// <inheritdoc/>
    public override string Name => "sanity";

    /// <inheritdoc/>
    public override string Description => "does a map change when the model forgets what it learned, or learned nothing; "
            + "does it not when only the pixels' zero moves";

    /// <inheritdoc/>
    public override JsonObject Options
    {
        get
        {
            var options = new JsonObject { ["steps"] = steps, ["draws"] = draws };
            if (isShifted)
            {
                options[ShiftedOption] = true;
            }

            if (against is not null)
            {
                options[AgainstOption] = new JsonArray([.. against.Select(twin =>
                    (JsonNode)$"{twin.Fingerprint.Name} {twin.Fingerprint.Weights} {twin.Fingerprint.Reading}")]);
            }

            return options;
        }
    }

    /// <inheritdoc/>
    protected override string Title => "Sanity";

    /// <inheritdoc/>
    protected override string Note
        => $"The weights are put in random order from the classifier down, in {steps} steps, and all at once in {draws} models, and the "
            + "same class is explained again. Similarity: rank correlation with the map of the trained model without its sign (a map "
            + "that turns around has changed), with all weights randomised and on the mean of the cascade's steps; near 0 is right: what "
            + "stays shows the picture, not the model. Signed maps are flattered by it, since signs of a random network are random, so "
            + "the rank correlation of absolute values and the structural similarity (SSIM) stand beside it. A method that does not "
            + "depend on the class keeps a correlation of 1 after the classifier. centre-gaussian, colour and oracle do not read the "
            + "model and keep 1; random is drawn anew at every step: its figures are what chance leaves. Marked as hardly depending on "
            + $"the weights: similarity of at least {HardlyDepends} with its interval."
            + (against is null ? ""
                : " Shuffled labels: the same map of a model of the same sizes that was trained on labels drawn by lot.")
            + (isShifted
                ? " Shifted input: one standard deviation is added to every pixel and taken back by the first layer's bias, so that the "
                    + "model is the same function of the picture; the map should stay (correlation 1), and its largest change is a share "
                    + "of its largest value."
                : "");

    /// <inheritdoc/>
    protected override IReadOnlyList<MeanFigure<RandomisationRecord>> Columns { get; } =
    [
        .. OfWeights,
        .. against is null ? [] : OfLabels,
        .. isShifted ? OfShift : [],
    ];

    private static IReadOnlyList<MeanFigure<RandomisationRecord>> OfWeights =>
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

    private static IReadOnlyList<MeanFigure<RandomisationRecord>> OfLabels =>
    [
        new(
            "shuffled_similarity", "similarity, shuffled labels", isHigherBetter: false,
            record => Math.Abs(record.Shuffled!.Correlation)) { Where = record => record.Shuffled is not null },
        new(
            "shuffled_absolute", "correlation of absolute values, shuffled labels", isHigherBetter: null,
            record => record.Shuffled!.AbsoluteCorrelation) { Where = record => record.Shuffled is not null },
        new("shuffled_ssim", "SSIM, shuffled labels", isHigherBetter: null, record => record.Shuffled!.Ssim)
        {
            Where = record => record.Shuffled is not null,
        },
    ];

    private static IReadOnlyList<MeanFigure<RandomisationRecord>> OfShift =>
    [
        new("shifted_correlation", "correlation, shifted input", isHigherBetter: null, record => record.Shifted!.Correlation)
        {
            Where = record => record.Shifted is not null,
        },
        new("shifted_difference", "largest change, shifted input", isHigherBetter: null, record => record.Shifted!.Difference)
        {
            Where = record => record.Shifted is not null,
            Decimals = 6,
        },
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
        var measured = (PictureModel)model;
        var network = measured.Network;
        var shifted = isShifted ? ShiftedInput.ModelFor(network) : null;
        var twin = against is null ? null : ShuffledTwin.For(measured, against);
        var cascade = RandomisedModel.Cascade(network, steps, seed);
        var atOnce = RandomisedModel.AtOnce(network, draws - 1, seed);
        return (picture, trained, workers, pool) =>
        {
            var methods = trained.Select(map => map.Method).ToArray();
            var pixels = picture.Pixels;
            var maps = cascade.Concat(atOnce)
                .Select((changed, step) => picture.MapsAgain(methods, changed.Network, pixels, step + 1, workers, pool))
                .ToArray();
            var ofTwin = twin is null ? null : picture.MapsAgain(methods, twin, pixels, steps + draws, workers, pool);
            var shift = shifted is null ? null : new ShiftedRun(picture, methods, measured, shifted, workers, pool);
            return trained.Select((map, m) => ParameterRandomisation.Measure(
                map.Map, maps.Take(steps).Select(step => step[m]), maps.Skip(steps).Select(step => step[m])) with
            {
                Shuffled = ofTwin is null ? null : MapLikeness.Of(map.Map, ofTwin[m]),
                Shifted = shift?.Beside(map.Map, m),
            });
        };
    }

    /// <inheritdoc/>
    protected override int Degenerate(RandomisationRecord record) => record.IsDegenerate ? 1 : 0;

    /// <summary>The measure with the given <see cref="Options"/>.</summary>
    internal static SanityMeasure Of(MeasureOptions options) => new(
        options.Whole("steps"), options.Whole("draws"), options.IsSet(ShiftedOption),
        options.Has(AgainstOption) ? [.. options.Texts(AgainstOption).Select(Named)] : null);

    // NAME WEIGHTS READING, as Options wrote it; a name may have spaces.
    private static ShuffledTwin Named(string words)
    {
        var parts = words.Split(' ');
        return parts.Length >= 3
            ? new(new(string.Join(' ', parts[..^2]), parts[^2], parts[^1]), Model: null)
            : throw new BadInputException(
                "options of the measure sanity: expected NAME WEIGHTS READING of the models in \"against\"; the file is damaged");
    }

    private static double Similarity(RandomisationRecord record) => record.Forgotten.Average(each => Math.Abs(each.Correlation));

    private IReadOnlyList<(double X, double Y)> Points(RandomisationRecord[] records)
        => [
            .. Enumerable
                .Range(0, steps)
                .Select(step => (steps == 1 ? 100.0 : 100.0 * step / (steps - 1), records.Average(record => record.Correlations[step]))),
        ];

    // The shifted picture in the model that takes the shift back.
    private sealed class ShiftedRun
    {
        private readonly IReadOnlyList<RelevanceMap<float>> maps;
        private readonly float[] scores;
        private readonly float[] shiftedScores;

        public ShiftedRun(
            PictureCase picture, IReadOnlyList<MeasuredMethod> methods, PictureModel model, IVisionModel shifted, Workers workers,
            BufferPool<float> pool)
        {
            var pixels = ShiftedInput.Pixels(picture.Pixels);
            maps = picture.MapsAgain(methods, shifted, pixels, draw: 0, workers, pool); // controls are what they were
            (scores, shiftedScores) = (picture.Scores, [.. (model with { Network = shifted }).Classifier(workers, pool)(pixels).Row(0)]);
        }

        public ShiftLikeness Beside(RelevanceMap<float> map, int method) => ShiftLikeness.Of(map, maps[method], scores, shiftedScores);
    }
}
