using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Localisation;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Segmentation;

namespace Mambascope.Evaluation.Measures.Pictures;

/// <summary>Localisation in an evaluation; see <see cref="MapLocalisation"/>.</summary>
/// <param name="tolerance">A maximum at most this many pixels away from the object is a hit too.</param>
public sealed class LocalisationMeasure(int tolerance = 0) : PictureMeasure<LocalisationRecord>, IMaskMeasure
{
    /// <inheritdoc/>
    public override string Name => "localisation";

    /// <inheritdoc/>
    public override string Description => "does relevance lie on the object: pointing game, relevance mass and rank accuracy";

    /// <inheritdoc/>
    public override KnownFacts Needs => KnownFacts.Truth;

    /// <inheritdoc/>
    public override JsonObject Options => new() { ["tolerance"] = tolerance };

    /// <inheritdoc/>
    protected override string Title => "Localisation";

    /// <inheritdoc/>
    protected override string Note
        => $"Pointing game: the map's maximum lies on the object{(tolerance > 0 ? $" or at most {tolerance} pixels from it" : "")}. Mass "
        + "accuracy: share of the positive relevance on the object. "
        + "Rank accuracy: of the K most relevant pixels, K the object's size, the share on the object. Object: the share of the picture "
        + "that it covers, which a map that knows nothing scores on average. "
        + "random, centre-gaussian, colour (distance from the mean colours) and oracle are controls; the oracle is the mask itself on "
        + "the patch grid, the best that patches allow.";

    /// <inheritdoc/>
    protected override IReadOnlyList<MeanFigure<LocalisationRecord>> Columns { get; } =
    [
        new("pointing_game", "pointing game", isHigherBetter: true, record => record.PointingHit) { IsShare = true, Decimals = 1 },
        new("mass_accuracy", "mass accuracy", isHigherBetter: true, record => record.MassAccuracy) { IsShare = true, Decimals = 1 },
        new("rank_accuracy", "rank accuracy", isHigherBetter: true, record => record.RankAccuracy) { IsShare = true, Decimals = 1 },
        new("object_share", "object", isHigherBetter: null, record => record.ObjectShare) { IsShare = true, Decimals = 1 },
    ];

    /// <inheritdoc/>
    public JsonObject Measure(RelevanceMap<float> map, ObjectMask mask)
        => ResultLine.RecordOf(MapLocalisation.Measure(map, mask, tolerance));

    /// <inheritdoc/>
    protected override Measuring<PictureCase, LocalisationRecord> Begin(MeasuredModel model, int seed)
        => (picture, maps, _, _) => maps.Select(map => MapLocalisation.Measure(map.Map, picture.Mask!, tolerance));

    /// <inheritdoc/>
    protected override int Degenerate(LocalisationRecord record) => record.IsDegenerate ? 1 : 0;

    /// <summary>The measure with the given <see cref="Options"/>.</summary>
    internal static LocalisationMeasure Of(MeasureOptions options) => new(options.Whole("tolerance"));
}
