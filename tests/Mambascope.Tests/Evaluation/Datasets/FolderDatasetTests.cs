using Mambascope.Evaluation.Datasets;
using Mambascope.Inputs.Images;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Evaluation.Datasets;

/// <summary>Folders of pictures: synset folders, flat ones with labels, pictures with masks.</summary>
public sealed class FolderDatasetTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Synset_folders_give_ImageNets_labels_in_the_order_of_names()
    {
        // Written in another order; two of the thousand classes only, so a label is no count of folders.
        folder.WritePicture("val/n02099601/b.png", seed: 3);
        var first = folder.WritePicture("val/n01443537/z.png", seed: 1);
        folder.WritePicture("val/n02099601/a.png", seed: 2);
        folder.Write("val/n02099601/readme.txt", "not a picture");
        folder.Write("val/n02099601/._a.png", "left by another system");

        var dataset = Open("val");

        Assert.Equal(3, dataset.Count);
        Assert.Equal(["n01443537/z.png", "n02099601/a.png", "n02099601/b.png"], Ids(dataset));
        Assert.Equal([1, 207, 207], Items(dataset).Select(item => item.Label!.Value));
        Assert.True(dataset.HasLabels);
        Assert.False(dataset.HasMasks);
        Assert.Equal("goldfish, Carassius auratus", dataset.ClassNames![1]);
        Assert.Equal(first.Pixels, dataset.Read(0).Image.Pixels);
    }

    [Fact]
    public void Opening_reads_no_picture()
    {
        folder.WritePicture("val/n01443537/a.png");
        var decoded = 0;
        var dataset = DatasetSpecification.Open(
            folder.File("val"),
            new()
            {
                Decode = path =>
                {
                    decoded++;
                    return TestPictures.Decode(path);
                },
            });
        Assert.Equal("n01443537/a.png", dataset.Id(0));
        Assert.Equal(0, decoded);
        dataset.Read(0);
        Assert.Equal(1, decoded);
    }

    [Fact]
    public void A_synset_outside_the_thousand_is_refused()
    {
        folder.WritePicture("val/n01440765/a.png");
        Assert.Contains("n01440765", Refused("val"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("val.txt", "a.png 7\nb c.JPEG.png 65\n", 7, false)]
    [InlineData("val.txt", "a 7\r\nb c.JPEG\t65\r\n\r\nnot-here.png 3", 7, false)]
    [InlineData("val.csv", "ImageId,PredictionString\na,n01498041 10 20 30 40\n\"b c.JPEG.png\",65\n", 6, true)]
    [InlineData("val.csv", "a.png,6\nb c.JPEG.png,65\na,7\n", 6, false)]
    public void A_flat_folder_takes_labels_by_name(string file, string text, int labelOfA, bool areImageNet)
    {
        folder.WritePicture("flat/b c.JPEG.png");
        folder.WritePicture("flat/a.png");
        var dataset = Open("flat", new() { LabelsFile = folder.Write(file, text) });
        Assert.Equal(["a.png", "b c.JPEG.png"], Ids(dataset));
        Assert.Equal([labelOfA, 65], Items(dataset).Select(item => item.Label!.Value));
        Assert.True(dataset.HasLabels);
        Assert.Equal(areImageNet, dataset.ClassNames is not null);
    }

    [Fact]
    public void A_flat_folder_without_labels_has_none()
    {
        folder.WritePicture("flat/a.png");
        var dataset = Open("flat");
        Assert.False(dataset.HasLabels);
        Assert.Null(dataset.ClassNames);
        Assert.Null(dataset.Read(0).Label);
    }

    [Theory]
    [InlineData("a.png 1\nsome words", "entry 2: expected NAME LABEL")]
    [InlineData("65\n970\n", "entry 1: expected NAME LABEL")]
    [InlineData("a.png 1\na.png 2", "entry 2: a.png has a label already")]
    [InlineData("c.png 1", "expected an entry for each of the 2 pictures")]
    [InlineData("", "expected labels, found none")]
    [InlineData("a.png -1\nb.png 0", "entry 1")]
    public void Labels_that_do_not_fit_are_refused(string text, string message)
    {
        folder.WritePicture("flat/a.png");
        folder.WritePicture("flat/b.png");
        Assert.Contains(message, Refused("flat", new() { LabelsFile = folder.Write("labels.txt", text) }), StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_beside_labels_are_refused()
    {
        folder.WritePicture("val/n01443537/a.png");
        Assert.Contains(
            "labels of its own", Refused("val", new() { LabelsFile = folder.Write("labels.txt", "a.png 3") }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("set/images/a.png", "set/masks/a.png")]
    [InlineData("set/a.png", "set/a_mask.png")]
    public void Pictures_and_masks_belong_together_by_name(string picture, string mask)
    {
        var image = folder.WritePicture(picture, 3, 2, seed: 5);
        // Red, green and blue alone, the faintest grey, and black twice.
        folder.WritePicture(mask, new RgbImage(3, 2, [9, 0, 0, 0, 9, 0, 0, 0, 9, 1, 1, 1, 0, 0, 0, 0, 0, 0]));
        var dataset = Open("set");
        Assert.Equal(1, dataset.Count);
        Assert.True(dataset.HasMasks);
        Assert.False(dataset.HasLabels);
        var item = dataset.Read(0);
        Assert.Equal("a.png", item.Id);
        Assert.Equal(image.Pixels, item.Image.Pixels);
        Assert.Equal([1, 1, 1, 1, 0, 0], item.Mask!);
    }

    [Fact]
    public void A_picture_without_a_mask_is_refused()
    {
        folder.WritePicture("set/images/a.png");
        folder.WritePicture("set/images/b.png");
        folder.WritePicture("set/masks/a.png");
        var message = Refused("set");
        Assert.Contains("b.png", message, StringComparison.Ordinal);
        Assert.Contains("1 of 2 pictures have no mask", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_pictures_of_one_mask_are_refused()
    {
        folder.WritePicture("set/images/a.png");
        File.Copy(folder.File("set/images/a.png"), folder.File("set/images/a.jpg"));
        folder.WritePicture("set/masks/a.png");
        Assert.Contains("a.jpg and a.png", Refused("set"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_of_another_size_is_refused()
    {
        folder.WritePicture("set/images/a.png", 6, 4);
        folder.WritePicture("set/masks/a.png", 4, 6);
        var message = TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => Open("set").Read(0)));
        Assert.Contains("expected a mask of 6x4", message, StringComparison.Ordinal);
        Assert.Contains("found 4x6", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_and_missing_pictures_are_refused_when_read()
    {
        folder.WritePicture("flat/a.png");
        folder.WritePicture("flat/b.png");
        File.WriteAllBytes(folder.File("flat/a.png"), File.ReadAllBytes(folder.File("flat/a.png"))[..40]);
        var dataset = Open("flat");
        File.Delete(folder.File("flat/b.png"));
        Assert.Contains(
            "a.png", TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => dataset.Read(0))), StringComparison.Ordinal);
        Assert.Contains(
            "b.png", TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => dataset.Read(1))), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => dataset.Read(2));
    }

    [Fact]
    public void Folders_with_nothing_in_them_are_refused()
    {
        Directory.CreateDirectory(folder.File("empty"));
        Directory.CreateDirectory(folder.File("val/n01443537"));
        Directory.CreateDirectory(folder.File("set/images"));
        Directory.CreateDirectory(folder.File("set/masks"));
        Assert.Contains("expected pictures", Refused("empty"), StringComparison.Ordinal);
        Assert.Contains("in its 1 synset folders", Refused("val"), StringComparison.Ordinal);
        Assert.Contains("expected pictures", Refused("set"), StringComparison.Ordinal);
        Assert.Contains("no such file or folder", Refused("nothing"), StringComparison.Ordinal);
        Directory.CreateDirectory(folder.File("half/masks"));
        Assert.Contains("images", Refused("half"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_users_columns_come_with_the_pictures()
    {
        folder.WritePicture("flat/a.png");
        folder.WritePicture("flat/b.png");
        var file = folder.Write("columns.csv", "name,site,\"age, years\"\nb,\"Ulm, 2\",61\na.png,\"say \"\"Aah\"\"\",\nother,x,1\n");
        var dataset = Open("flat", new() { ColumnsFile = file });
        Assert.Equal("say \"Aah\"", dataset.Read(0).Columns["site"]);
        Assert.Equal("", dataset.Read(0).Columns["age, years"]);
        Assert.Equal("Ulm, 2", dataset.Read(1).Columns["site"]);
        Assert.Equal("61", dataset.Read(1).Columns["age, years"]);
        Assert.Empty(Open("flat").Read(0).Columns);
    }

    [Theory]
    [InlineData("name,site\na,x,y\nb,z", "row 2 (a): expected 2 fields")]
    [InlineData("name,site\na,x\na,y", "row 3: a has a row already")]
    [InlineData("name,site,site\na,x,y", "found site twice")]
    [InlineData("name\na\nb", "expected a header")]
    [InlineData("name,site\na,x", "found none for 1 of them, the first b.png")]
    [InlineData("name,site\na,\"x", "quote opened in line 2 is not closed")]
    public void Columns_that_do_not_fit_are_refused(string text, string message)
    {
        folder.WritePicture("flat/a.png");
        folder.WritePicture("flat/b.png");
        Assert.Contains(message, Refused("flat", new() { ColumnsFile = folder.Write("columns.csv", text) }), StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_and_columns_go_together()
    {
        folder.WritePicture("set/images/a.png");
        folder.WritePicture("set/masks/a.png");
        var dataset = Open("set", new() { LabelsFile = folder.Write("l.txt", "a 3"), ColumnsFile = folder.Write("c.csv", "n,k\na,v") });
        var item = dataset.Read(0);
        Assert.Equal((3, "v", true, true), (item.Label!.Value, item.Columns["k"], dataset.HasLabels, dataset.HasMasks));
        Assert.NotNull(item.Mask);
    }

    private IImageDataset Open(string name, DatasetOptions? options = null)
        => DatasetSpecification.Open(folder.File(name), (options ?? new()) with { Decode = TestPictures.Decode });

    private string Refused(string name, DatasetOptions? options = null)
        => TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => Open(name, options)));

    private static IEnumerable<string> Ids(IImageDataset dataset) => Enumerable.Range(0, dataset.Count).Select(dataset.Id);

    private static IEnumerable<DatasetImage> Items(IImageDataset dataset) => Enumerable.Range(0, dataset.Count).Select(dataset.Read);
}
