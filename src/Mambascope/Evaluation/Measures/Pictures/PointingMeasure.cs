using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Localisation;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Measures.Pictures;

/// <summary>Where the maxima of a method's two maps of a picture lie. Shares of the two: 0, 0.5 or 1.</summary>
/// <param name="OnTarget">On the object of the explained class.</param>
/// <param name="OnOther">On the other object.</param>
/// <param name="OnBackground">On neither.</param>
/// <param name="Degenerate">Maps that ranked nothing; they count as background.</param>
public sealed record PointingRecord(double OnTarget, double OnOther, double OnBackground, int Degenerate);

/// <summary>
/// Class pointing in an evaluation: pictures show two objects of different classes, and each is explained in turn; see
/// <see cref="ClassPointing"/>. A class-agnostic method gives the same map for both, so at best it hits the target half of the time.
/// Intervals resample whole pictures, since the two maps of a picture are not independent.
/// </summary>
public sealed class PointingMeasure : PictureMeasure<PointingRecord>
{
    /// <inheritdoc/>
    public override string Name => "pointing";

    /// <inheritdoc/>
    public override string Description => "does a map's maximum lie on the explained object, where a picture shows two";

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
        + "A method that gives the same map for both can hit the explained object half of the time at best. random, centre-gaussian and "
        + "oracle (the mask of the explained object) are controls.";

    /// <inheritdoc/>
    protected override IReadOnlyList<MeanFigure<PointingRecord>> Columns { get; } =
    [
        new("on_target", "on the explained object", isHigherBetter: true, record => record.OnTarget) { IsShare = true, Decimals = 1 },
        new("on_other", "on the other", isHigherBetter: null, record => record.OnOther) { IsShare = true, Decimals = 1 },
        new("on_background", "on the background", isHigherBetter: null, record => record.OnBackground) { IsShare = true, Decimals = 1 },
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
            return maps.Zip(others, (map, second) =>
            {
                var first = ClassPointing.Measure(map.Map, picture.Mask!, picture.OtherMask!);
                return Record(
                    [first, ClassPointing.Measure(second, other.Mask!, other.OtherMask!)],
                    (map.Map.Degenerate is null ? 0 : 1) + (second.Degenerate is null ? 0 : 1));
            });
        }
    }

    /// <inheritdoc/>
    protected override int Degenerate(PointingRecord record) => record.Degenerate;

    private static PointingRecord Record(PointsAt[] maxima, int degenerate)
    {
        return new(Share(PointsAt.Target), Share(PointsAt.Other), Share(PointsAt.Background), degenerate);

        double Share(PointsAt place) => maxima.Count(each => each == place) / (double)maxima.Length;
    }
}
