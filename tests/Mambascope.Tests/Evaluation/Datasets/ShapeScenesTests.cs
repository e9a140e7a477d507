using Mambascope.Evaluation.Datasets;
using Xunit;

namespace Mambascope.Tests.Evaluation.Datasets;

public sealed class ShapeScenesTests
{
    [Fact]
    public void Every_shape_is_lighter_than_the_ground_and_lies_inside()
    {
        var shapes = DatasetSpecification.Open("shapes:train:200");
        var counts = new int[4];
        for (var i = 0; i < shapes.Count; i++)
        {
            var picture = shapes.Read(i);
            counts[picture.Label!.Value]++;
            int[] inside = [.. Enumerable.Range(0, picture.Mask!.Length).Where(p => picture.Mask[p] == 1)];
            Assert.InRange(inside.Length, 20, 300);
            Assert.All(inside, p => Assert.InRange(p % ShapeScenes.Size, 0, ShapeScenes.Size - 1));
            var outside = Enumerable.Range(0, picture.Mask.Length).Where(p => picture.Mask[p] == 0);
            Assert.True(inside.Min(p => picture.Image.Pixels[3 * p]) > outside.Max(p => picture.Image.Pixels[3 * p]));
        }

        Assert.All(counts, count => Assert.InRange(count, 30, 70));
    }

    [Fact]
    public void Splits_differ_and_a_picture_stays_the_same()
    {
        var (test, train) = (DatasetSpecification.Open("shapes"), DatasetSpecification.Open("shapes:train:5"));
        Assert.Equal("shapes:test:1000", test.Name);
        Assert.Equal(test.Read(3).Image.Pixels, DatasetSpecification.Open("shapes:test:4").Read(3).Image.Pixels);
        Assert.NotEqual(test.Read(3).Image.Pixels, train.Read(3).Image.Pixels);
    }

    [Theory]
    [InlineData("shapes:all")]
    [InlineData("shapes:test:0")]
    [InlineData("shapes:test:many")]
    [InlineData("shapes:test:5:6")]
    public void Other_specifications_are_refused(string specification)
        => Assert.Contains(
            "shapes", Assert.Throws<BadInputException>(() => DatasetSpecification.Open(specification)).Message, StringComparison.Ordinal);
}
