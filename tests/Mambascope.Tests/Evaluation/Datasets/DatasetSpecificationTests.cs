using Mambascope.Evaluation.Datasets;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Evaluation.Datasets;

public sealed class DatasetSpecificationTests
{
    [Theory]
    [InlineData("fashion-scenes", "fashion-scenes:test:1000", 1000)]
    [InlineData("fashion-scenes:test", "fashion-scenes:test:1000", 1000)]
    [InlineData("fashion-scenes:test:200", "fashion-scenes:test:200", 200)]
    [InlineData("fashion-scenes:two-items", "fashion-scenes:two-items:500", 500)]
    [InlineData("fashion-scenes:two-items:3", "fashion-scenes:two-items:3", 3)]
    public void Scenes_by_name(string specification, string name, int count)
    {
        var dataset = DatasetSpecification.Open(specification);
        Assert.Equal((name, count), (dataset.Name, dataset.Count));
        Assert.True(dataset.HasLabels);
        Assert.True(dataset.HasMasks);
        Assert.Same(FashionScenes.ClassNames, dataset.ClassNames);
    }

    [Fact]
    public void A_scene_is_the_generators()
    {
        var (item, scene) = (DatasetSpecification.Open("fashion-scenes:test:50").Read(42), FashionScenes.Test().Scene(42));
        Assert.Equal("test/42", item.Id);
        Assert.Equal(scene.Pixels, item.Image.Pixels);
        Assert.Equal(scene.Label, item.Label);
        Assert.Equal(scene.Mask, item.Mask);
        Assert.Null(item.OtherLabel);
        Assert.Null(item.OtherMask);
        Assert.Empty(item.Columns);
    }

    [Fact]
    public void A_scene_of_two_items_has_both()
    {
        var (item, scene) = (DatasetSpecification.Open("fashion-scenes:two-items:50").Read(7), FashionScenes.Test().TwoItem(7));
        Assert.Equal("two-items/7", item.Id);
        Assert.Equal(scene.Pixels, item.Image.Pixels);
        Assert.Equal((scene.FirstLabel, scene.SecondLabel), (item.Label, item.OtherLabel));
        Assert.Equal(scene.FirstMask, item.Mask);
        Assert.Equal(scene.SecondMask, item.OtherMask);
    }

    [Fact]
    public void An_item_depends_neither_on_the_count_nor_on_the_order()
    {
        var (few, many) = (DatasetSpecification.Open("fashion-scenes:test:10"), DatasetSpecification.Open("fashion-scenes:test:5000"));
        Parallel.For(0, 10, i =>
        {
            Assert.Equal(many.Read(9 - i).Image.Pixels, few.Read(9 - i).Image.Pixels);
            Assert.Equal(many.Id(9 - i), few.Id(9 - i));
        });
    }

    [Theory]
    [InlineData("fashion-scenes:test:0", "COUNT from 1 to")]
    [InlineData("fashion-scenes:test:-3", "COUNT from 1 to")]
    [InlineData("fashion-scenes:test:many", "COUNT from 1 to")]
    [InlineData("fashion-scenes:test:2:3", "COUNT from 1 to")]
    [InlineData("fashion-scenes:tset:2", "SPLIT test, two-items, validation or train")]
    [InlineData("no-such-thing", "expected a data set")]
    [InlineData("", "expected a data set")]
    public void Others_are_refused_with_one_line(string specification, string message)
        => Assert.Contains(message, Refused(specification), StringComparison.Ordinal);

    [Theory]
    [InlineData("fashion-scenes:validation:5")]
    [InlineData("fashion-scenes:train:5")]
    public void Splits_of_training_garments_name_the_folder_that_lacks_them(string specification)
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(folder.Path, Refused(specification, new() { GarmentFolder = folder.Path }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mat_file_by_its_path()
        => Assert.Equal(3, DatasetSpecification.Open(Golden.Path("imagenet-segmentation-mini", "gtsegs_mini.mat")).Count);

    [Fact]
    public void A_folder_without_a_decoder_is_a_fault_of_the_program()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<ArgumentException>(() => DatasetSpecification.Open(folder.Path));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(10)]
    public void Items_outside_are_refused(int index)
        => Assert.Throws<ArgumentOutOfRangeException>(() => DatasetSpecification.Open("fashion-scenes:test:10").Read(index));

    private static string Refused(string specification, DatasetOptions? options = null)
        => TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => DatasetSpecification.Open(specification, options)));
}
