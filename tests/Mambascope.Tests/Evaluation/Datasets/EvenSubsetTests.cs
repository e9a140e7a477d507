using Mambascope.Evaluation.Datasets;
using Xunit;

namespace Mambascope.Tests.Evaluation.Datasets;

public sealed class EvenSubsetTests
{
    [Fact]
    public void Items_are_spread_over_the_whole()
    {
        var whole = DatasetSpecification.Open("fashion-scenes:test:10");
        var some = EvenSubset.Of(whole, 4);
        Assert.Equal(4, some.Count);
        Assert.Equal(new[] { 0, 2, 5, 7 }.Select(whole.Id), Enumerable.Range(0, 4).Select(some.Id));
        Assert.Equal(whole.Read(7).Image.Pixels, some.Read(3).Image.Pixels);
        Assert.Equal((whole.HasLabels, whole.HasMasks, whole.ClassNames), (some.HasLabels, some.HasMasks, some.ClassNames));
        Assert.NotEqual(whole.Name, some.Name);
        Assert.NotEqual(EvenSubset.Of(whole, 5).Name, some.Name);
    }

    [Fact]
    public void All_items_are_the_data_set_itself()
    {
        var whole = DatasetSpecification.Open("fashion-scenes:test:3");
        Assert.Same(whole, EvenSubset.Of(whole, 3));
        Assert.Same(whole, EvenSubset.Of(whole, 99));
        Assert.Throws<ArgumentOutOfRangeException>(() => EvenSubset.Of(whole, 0));
        Assert.ThrowsAny<Exception>(() => EvenSubset.Of(whole, 2).Id(2));
    }
}
