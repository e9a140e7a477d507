using Mambascope.Evaluation.Datasets;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Cli;
using Xunit;

namespace Mambascope.Tests.Evaluation.Datasets;

/// <summary>
/// Data as people have them: a folder for each class by its name, labels by name, masks beside pictures, our own samples.
/// </summary>
public sealed class OwnFolderTests : IDisposable
{
    private static readonly string[] classes = ["T-shirt/top", "Trouser", "tench, Tinca tinca", "Ankle boot"];
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_for_each_class_is_matched_to_the_models_labels()
    {
        folder.WritePicture("data/ankle-boot/a.png", seed: 1);
        folder.WritePicture("data/t-shirt_top/b.png", seed: 2);
        folder.WritePicture("data/1/c.png", seed: 3);
        folder.WritePicture("data/Tinca tinca/d.png", seed: 4);
        var data = Open("data");
        Assert.Equal(["1/c.png", "Tinca tinca/d.png", "ankle-boot/a.png", "t-shirt_top/b.png"], Enumerable.Range(0, 4).Select(data.Id));
        Assert.Equal([1, 2, 3, 0], Enumerable.Range(0, 4).Select(i => data.Read(i).Label));
        Assert.True(data.HasLabels && !data.HasMasks);

        folder.WritePicture("data/hat/e.png", seed: 5);
        var error = Assert.Throws<BadInputException>(() => Open("data"));
        Assert.Contains("no class is called hat; the classes are T-shirt/top", error.Message, StringComparison.Ordinal);
        Assert.Contains("--data-labels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_above_the_classes_is_named()
    {
        folder.WritePicture("data/val/Trouser/a.png", seed: 1);
        Assert.Contains(
            $"did you mean --data {Path.Combine(folder.File("data"), "val")}",
            Assert.Throws<BadInputException>(() => Open("data")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Masks_lie_beside_their_pictures()
    {
        folder.WritePicture("data/Trouser/a.png", seed: 1);
        folder.WritePicture("data/Trouser/a.mask.png", seed: 1);
        var data = Open("data");
        Assert.Equal(1, data.Count);
        Assert.NotNull(data.Read(0).Mask);

        folder.WritePicture("data/Trouser/b.png", seed: 2);
        Assert.Contains("b.mask.png", Assert.Throws<BadInputException>(() => Open("data")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mark_lies_beside_any_picture_and_is_none_itself()
    {
        folder.WritePicture("data/Trouser/a.png", seed: 1);
        folder.WritePicture("data/Trouser/a.mark.png", seed: 1);
        folder.WritePicture("data/Trouser/b.png", seed: 2);
        var data = Open("data");
        Assert.Equal(2, data.Count);
        Assert.False(data.HasMasks);
        Assert.Contains((byte)1, data.Read(0).Mark!);
        Assert.Null(data.Read(1).Mark);
    }

    [Theory]
    [InlineData("labels.csv", "name,label\na.png,Ankle boot\nb.png,1\n")]
    [InlineData("labels.csv", "a.png,ankle boot\nb.png,Trouser\n")]
    [InlineData("labels.txt", "a.png Ankle boot\nb.png Trouser\n")]
    [InlineData("labels.txt", "a.png 3\nb.png 1\n")]
    public void Labels_are_names_or_indices(string name, string content)
    {
        folder.WritePicture("flat/a.png", seed: 1);
        folder.WritePicture("flat/b.png", seed: 2);
        var file = folder.Write(name, content);
        var data = DatasetSpecification.Open(
            folder.File("flat"), new() { Decode = TestPictures.Decode, Classes = classes, LabelsFile = file });
        Assert.Equal([3, 1], Enumerable.Range(0, 2).Select(i => data.Read(i).Label));

        // labels.csv is found beside the pictures as well.
        if (name == "labels.csv")
        {
            folder.Write("flat/labels.csv", content);
            Assert.True(Open("flat").HasLabels);
        }
    }

    [Fact]
    public void Two_masks_that_are_called_after_classes_are_two_objects()
    {
        folder.WritePicture("two/a.png", seed: 1);
        folder.WritePicture("two/a.trouser.mask.png", seed: 1);
        folder.WritePicture("two/a.ankle-boot.mask.png", seed: 1);
        var data = Open("two");
        var item = data.Read(0);
        Assert.True(data.HasOtherObjects);
        Assert.Equal((3, 1), (item.Label, item.OtherLabel));
        Assert.NotNull(item.OtherMask);
    }

    [Fact]
    public void Our_own_samples_can_be_measured_on()
    {
        var samples = Path.Combine(Repository.Root, "samples");
        Assert.Contains(
            "24 of 24 images",
            CliRun.Successful("evaluate", "segmentation", "--data", Path.Combine(samples, "scenes"), "--method", "mamba-lrp").Out,
            StringComparison.Ordinal);
        Assert.Contains(
            "12 of 12 images",
            CliRun.Successful("evaluate", "pointing", "--data", Path.Combine(samples, "two-items"), "--method", "mamba-lrp").Out,
            StringComparison.Ordinal);
        folder.WritePicture("flat/a.png", seed: 1);
        CliRun.Of("evaluate", "perturbation", "--data", folder.File("flat")).AssertFailed(2, "no labels", "--data-labels");
        CliRun.Of("evaluate", "segmentation", "--data", folder.File("flat")).AssertFailed(2, "no masks", "NAME.mask.png");
    }

    private IImageDataset Open(string name)
        => DatasetSpecification.Open(folder.File(name), new() { Decode = TestPictures.Decode, Classes = classes });
}
