using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Localisation;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Measures.Pictures;

/// <summary>Where the maxima of a method's two maps of a picture lie. Shares of the two: 0, 0.5 or 1.</summary>
/// <param name="OnTarget">On the object of the explained class.</param>
/// <param name="OnOther">On the other object.</param>
/// <param name="OnBackground">On neither.</param>
/// <param name="Degenerate">Maps that ranked nothing; they count as background.</param>
/// <param name="OwnOverOther">
/// Chance that a pixel of the explained object has a higher value than one of the other; mean of the two maps.
/// </param>
/// <param name="Negative">
/// Area under the accuracy for the explained object's class while pixels are erased, the least relevant first, times 100; mean of the two
/// maps; null where nothing was erased.
/// </param>
/// <param name="Positive">The same, the most relevant first.</param>
public sealed record PointingRecord(
    double OnTarget, double OnOther, double OnBackground, int Degenerate, double OwnOverOther = 0, double? Negative = null,
    double? Positive = null);

/// <summary>
/// Class pointing in an evaluation: pictures show two objects of different classes, and each is explained in turn; see
/// <see cref="ClassPointing"/>. A class-agnostic method gives the same map for both, so at best it hits the target half of the time.
/// Intervals resample whole pictures, since the two maps of a picture are not independent.
/// </summary>
/// <param name="erases">
/// Whether the perturbation test is done too, with black and for each object's own class: what a map without a class cannot win, however
/// well it draws.
/// </param>
public sealed class PointingMeasure(bool erases = false) : PictureMeasure<PointingRecord>
{
    /// <inheritdoc/>
    public override string Name => "pointing";

    /// <inheritdoc/>
    public override string Description => "does a map's maximum lie on the explained object, where a picture shows two";

    /// <inheritdoc/>
    public override JsonObject Options => erases ? new() { ["erases"] = true } : [];

    /// <inheritdoc/>
    public override KnownFacts Needs => KnownFacts.Answers | KnownFacts.Truth | KnownFacts.OtherObjects;

    /// <inheritdoc/>
    public override ExplainedClass? Explains => ExplainedClass.True;

    /// <inheritdoc/>
    protected override string Title => "Class pointing";

    /// <inheritdoc/>
    protected override string Note
        => "Every picture shows two objects and is explained twice, once for the class of each; the share of the maps whose maximum lies "
        + "on the explained object, on the other one, on neither. "
        + "A method that gives the same map for both can hit the explained object half of the time at best. Own over other: the "
        + "chance that a pixel of the explained object has a higher value than one of the other; 0.5 says nothing about the class. "
        + (erases
            ? "Negative and positive AUC: accuracy for the explained object's class while pixels turn black, the least or the most "
            + "relevant first, from 0 to 90 %, times 100. "
            : "")
        + "random, centre-gaussian, colour (distance from the mean colours) and oracle (the mask of the explained object) are controls.";

    /// <inheritdoc/>
    protected override IReadOnlyList<MeanFigure<PointingRecord>> Columns =>
    [
        new("on_target", "on the explained object", isHigherBetter: true, record => record.OnTarget) { IsShare = true, Decimals = 1 },
        new("on_other", "on the other", isHigherBetter: null, record => record.OnOther) { IsShare = true, Decimals = 1 },
        new("on_background", "on the background", isHigherBetter: null, record => record.OnBackground) { IsShare = true, Decimals = 1 },
        new("own_over_other", "own over other", isHigherBetter: true, record => record.OwnOverOther),
        .. erases ? Erased : [],
    ];

    private static IReadOnlyList<MeanFigure<PointingRecord>> Erased { get; } =
    [
        new("negative_auc", "two, negative AUC", isHigherBetter: true, record => record.Negative ?? 0) { Decimals = 1 },
        new("positive_auc", "two, positive AUC", isHigherBetter: false, record => record.Positive ?? 0) { Decimals = 1 },
    ];

    /// <inheritdoc/>
    protected override Measuring<PictureCase, PointingRecord> Begin(MeasuredModel model, int seed)
    {
        var network = ((PictureModel)model).Network;
        return (picture, maps, workers, pool) => Measure(picture, maps, workers, pool);

        IEnumerable<PointingRecord> Measure(PictureCase picture, IReadOnlyList<MeasuredMap> maps, Workers workers, BufferPool<float> pool)
        {
            var other = picture.OfOtherObject();
            var others = other.MapsAgain(maps.Select(map => map.Method), network, picture.Pixels, draw: 1, workers, pool);
            var perturbation = new PixelPerturbation(picture.Model.Classifier(workers, pool), picture.Model.Preprocessing);
            var erasing = erases ? perturbation.Prepare(picture.Input, picture.Index, picture.Scores) : null;
            return maps.Zip(others, (map, second) => Record([(picture, map.Map), (other, second)], erasing, perturbation.Protocol));
        }
    }

    /// <inheritdoc/>
    protected override int Degenerate(PointingRecord record) => record.Degenerate;

    /// <summary>The measure with the given <see cref="Options"/>.</summary>
    internal static PointingMeasure Of(MeasureOptions options) => new(options.IsSet("erases"));

    // The two explanations of a picture: the case that says what is explained, and its map.
    private static PointingRecord Record(
        (PictureCase Case, RelevanceMap<float> Map)[] both, PerturbationSubject? erasing, PerturbationProtocol protocol)
    {
        PointsAt[] maxima = [.. both.Select(each => ClassPointing.Measure(each.Map, each.Case.Mask!, each.Case.OtherMask!))];
        PerturbationRecord[] erased =
        [
            .. both.Select(each => erasing?.Measure(each.Map, each.Case.Explained, each.Case.Explained)).OfType<PerturbationRecord>(),
        ];
        return new(
            Share(PointsAt.Target),
            Share(PointsAt.Other),
            Share(PointsAt.Background),
            both.Count(each => each.Map.Degenerate is not null),
            both.Average(each => OwnOverOther.Measure(each.Map, each.Case.Mask!, each.Case.OtherMask!)),
            Area(record => record.Negative),
            Area(record => record.Positive));

        double Share(PointsAt place) => maxima.Count(each => each == place) / (double)maxima.Length;

        double? Area(Func<PerturbationRecord, PerturbationCurve> side)
            => erased.Length == 0
                ? null
                : erased.Average(record => PerturbationSummary.Area(PerturbationSummary.Hits(record, side(record)), protocol.Fractions));
    }
}
