using Mambascope.Evaluation.Localisation;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Tests.Evaluation.Perturbation;
using Xunit;

namespace Mambascope.Tests.Evaluation.Localisation;

public sealed class LocalisationTests
{
    private static readonly ObjectMask leftColumn = new([1, 0, 1, 0], 2, 2);

    [Fact]
    public void Worked_by_hand()
    {
        // Positive relevance 3 + 5 + 2 = 10, of which 3 + 2 on the object; of the two highest (5, 3) one is on it.
        var record = MapLocalisation.Measure(Pictures.Map(2, 2, 3, 5, 2, -7), leftColumn);
        Assert.Equal(new(0, 0.5, 0.5, 0.5, IsDegenerate: false), record);
        Assert.Equal(1, MapLocalisation.Measure(Pictures.Map(2, 2, 3, 5, 2, -7), leftColumn, tolerance: 1).PointingHit);
        Assert.Equal(new(1, 0.9, 1, 0.5, IsDegenerate: false), MapLocalisation.Measure(Pictures.Map(2, 2, 6, 1, 3, 0), leftColumn));
    }

    [Fact]
    public void Tolerance_is_a_circle()
    {
        // The maximum stands diagonally beside the object: sqrt 2 pixels away.
        ObjectMask corner = new([1, 0, 0, 0, 0, 0, 0, 0, 0], 3, 3);
        var map = Pictures.Map(3, 3, 0, 0, 0, 0, 1, 0, 0, 0, 0);
        Assert.Equal(0, MapLocalisation.Measure(map, corner, tolerance: 1).PointingHit);
        Assert.Equal(1, MapLocalisation.Measure(map, corner, tolerance: 2).PointingHit);
    }

    [Fact]
    public void Maps_that_say_nothing_hit_nothing()
    {
        Assert.Equal(new(0, 0, 0, 0.5, IsDegenerate: true), MapLocalisation.Measure(Pictures.Map(2, 2, 1, 1, 1, 1), leftColumn));
        Assert.Equal(0, MapLocalisation.Measure(Pictures.Map(2, 2, -4, -3, -2, -1), leftColumn).MassAccuracy);
        Assert.Equal(new(0, 0, 0, 0, IsDegenerate: false), MapLocalisation.Measure(Pictures.Map(2, 2, 1, 2, 3, 4), new(new byte[4], 2, 2)));
    }

    [Fact]
    public void Class_pointing_tells_the_objects_apart()
    {
        ObjectMask other = new([0, 0, 0, 1], 2, 2);
        Assert.Equal(PointsAt.Target, ClassPointing.Measure(Pictures.Map(2, 2, 1, 0, 2, 0), leftColumn, other));
        Assert.Equal(PointsAt.Other, ClassPointing.Measure(Pictures.Map(2, 2, 1, 0, 2, 3), leftColumn, other));
        Assert.Equal(PointsAt.Background, ClassPointing.Measure(Pictures.Map(2, 2, 1, 9, 2, 3), leftColumn, other));
        Assert.Equal(PointsAt.Background, ClassPointing.Measure(Pictures.Map(2, 2, 1, 1, 1, 1), leftColumn, other));
    }
}
