using System.Formats.Tar;
using System.Globalization;
using System.Text;
using Mambascope.Evaluation.Datasets;
using Mambascope.Imaging;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Evaluation.Datasets.Tars;

/// <summary>Pictures out of tar files, in every form that programs write, with what belongs to them by name.</summary>
public sealed class TarDatasetTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(TarEntryFormat.V7, "a.tar")]
    [InlineData(TarEntryFormat.Ustar, "a.tar")]
    [InlineData(TarEntryFormat.Gnu, "a.tar")]
    [InlineData(TarEntryFormat.Pax, "a.tar")]
    [InlineData(TarEntryFormat.Ustar, "a.tar.gz")]
    [InlineData(TarEntryFormat.Pax, "a.tgz")]
    public void Pictures_and_classes_in_the_order_of_the_file(TarEntryFormat format, string name)
    {
        var data = Open(folder.WriteTar(name, TestTars.Samples(7).Reverse(), format));
        Assert.Equal((7, true, false), (data.Count, data.HasLabels, data.HasMasks));
        Assert.Equal(["0006.png", "0005.png", "0004.png", "0003.png", "0002.png", "0001.png", "0000.png"], Ids(data));
        foreach (var i in (int[])[3, 0, 6, 1, 5, 0])
        {
            var item = data.Read(i);
            Assert.Equal(TestTars.Picture(6 - i).Pixels, item.Image.Pixels);
            Assert.Equal((6 - i) % 4, item.Label);
        }
    }

    [Theory]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Ustar)]
    public void Long_names_and_folders(TarEntryFormat format)
    {
        var deep = string.Concat(Enumerable.Repeat("photographs-of-a-day/", format == TarEntryFormat.Ustar ? 6 : 20));
        var data = Open(folder.WriteTar("long.tar", [("./x/a.png", TestTars.Png(1)), ($"{deep}b.png", TestTars.Png(2))], format));
        Assert.Equal(["x/a.png", $"{deep}b.png"], Ids(data));
        Assert.Equal(TestTars.Picture(2).Pixels, data.Read(1).Image.Pixels);
        Assert.False(data.HasLabels);
    }

    [Fact]
    public void A_packed_file_is_read_in_any_order()
    {
        // Far more than stays in memory of one file, so that going back begins anew.
        var members = Enumerable.Range(0, 24).Select(i => ($"{i}.png", TestTars.Png(i, 200, 150)));
        var data = Open(folder.WriteTar("large.tar.gz", members));
        var order = Enumerable.Range(0, 24).ToArray();
        new Random(3).Shuffle(order);
        Parallel.ForEach(order, i => Assert.Equal(TestTars.Picture(i, 200, 150).Pixels, data.Read(i).Image.Pixels));
    }

    [Fact]
    public void Masks_and_classes_in_json_by_number_and_by_name()
    {
        var mask = TestTars.Picture(0);
        Array.Clear(mask.Pixels, 0, 3 * 10);
        var data = Open(folder.WriteTar("a.tar",
        [
            ("a.jpg.ignored", [1]),
            ("a.png", TestTars.Png(1)),
            ("a.json", Json("""{"caption": "x", "label": 2}""")),
            ("a.mask.png", ImageFile.EncodePng(mask)),
            ("b.png", TestTars.Png(2)),
            ("b.mask.png", TestTars.Png(5)),
            ("b.json", Json("""{"cls": "Three"}""")),
            ("._b.png", [0]),
        ]));
        Assert.True(data.HasLabels && data.HasMasks);
        Assert.Equal([2, 3], Enumerable.Range(0, 2).Select(i => data.Read(i).Label));
        Assert.Equal(0, data.Read(0).Mask!.Take(10).Sum(value => value));
        Assert.True(data.Read(0).Mask!.Skip(10).Sum(value => value) > 10);
    }

    [Fact]
    public void Json_that_says_nothing_of_a_class_is_no_label()
    {
        var data = Open(folder.WriteTar("a.tar", [("a.png", TestTars.Png(1)), ("a.json", Json("""{"caption": "x"}"""))]));
        Assert.False(data.HasLabels);
        Assert.Null(data.Read(0).Label);
    }

    [Fact]
    public void The_validation_file_of_ImageNet_with_labels_beside_it()
    {
        var tar = folder.WriteTar(
            "ILSVRC2012_img_val.tar",
            Enumerable.Range(1, 3).Select(i => ($"ILSVRC2012_val_{i:D8}.JPEG", TestTars.Png(i))), TarEntryFormat.Ustar);
        var labels = folder.Write(
            "val.txt", "ILSVRC2012_val_00000001.JPEG 3\nILSVRC2012_val_00000002.JPEG 0\nILSVRC2012_val_00000003.JPEG 2\n");
        var data = DatasetSpecification.Open(tar, TestTars.Options with { LabelsFile = labels });
        Assert.Equal([3, 0, 2], Enumerable.Range(0, 3).Select(i => data.Read(i).Label));
        Assert.Equal("ILSVRC2012_val_00000002.JPEG", data.Id(1));
        Assert.False(Open(tar).HasLabels);
    }

    [Theory]
    [InlineData("webdataset:{0}", "s-00,s-01,s-02")]
    [InlineData("webdataset:{0}/s-{{00..02}}.tar", "s-00,s-01,s-02")]
    [InlineData("{0}/s-{{02,00}}.tar", "s-02,s-00")]
    [InlineData("webdataset:{0}/{{s,s}}-01.tar", null)]
    public void Several_files_in_the_order_of_the_pattern(string pattern, string? expected)
    {
        foreach (var shard in (int[])[2, 0, 1])
        {
            folder.WriteTar($"s-{shard:D2}.tar", TestTars.Samples(2 + shard, 10 * shard));
        }

        var word = string.Format(CultureInfo.InvariantCulture, pattern, folder.Path);
        if (expected is null)
        {
            Assert.Contains(
                "two tar files are called s-01", Assert.Throws<BadInputException>(() => Open(word)).Message, StringComparison.Ordinal);
            return;
        }

        var data = Open(word);
        var shards = expected.Split(',');
        Assert.Equal(
            shards.SelectMany(name =>
                Enumerable.Range(0, 2 + (name[^1] - '0')).Select(i => $"{name}/{(10 * (name[^1] - '0')) + i:D4}.png")),
            Ids(data));
        Assert.Equal(shards.Select(name => 2 + (name[^1] - '0')), data.ItemsOfFiles);
        var last = data.Count - 1;
        Assert.Equal(TestTars.Picture(int.Parse(data.Id(last)[5..9], CultureInfo.InvariantCulture)).Pixels, data.Read(last).Image.Pixels);
    }

    [Fact]
    public void With_sizes_only_the_files_that_are_asked_for_are_read()
    {
        foreach (var shard in (int[])[0, 1, 2])
        {
            folder.WriteTar($"s-{shard}.tar", TestTars.Samples(3, 10 * shard));
        }

        folder.Write("sizes.json", """{"s-0.tar": 3, "s-1.tar": 3, "s-2.tar": 3, "other.tar": 9}""");
        folder.Write("s-1.tar", "no tar file at all, and nobody asks for it");
        var data = Open($"webdataset:{folder.File("s-{0..2}.tar")}");
        Assert.Equal(9, data.Count);
        Assert.Equal("s-2/0021.png", data.Id(7));
        Assert.Equal(TestTars.Picture(21).Pixels, data.Read(7).Image.Pixels);
        Assert.Contains("s-1.tar", Assert.Throws<BadInputException>(() => data.Id(4)).Message, StringComparison.Ordinal);

        folder.Write("sizes.json", """{"s-0.tar": 3, "s-1.tar": 3, "s-2.tar": 4}""");
        data = Open($"webdataset:{folder.File("s-{0..2}.tar")}");
        Assert.Contains("sizes.json", Assert.Throws<BadInputException>(() => data.Read(7)).Message, StringComparison.Ordinal);
    }

    private static IImageDataset Open(string word) => DatasetSpecification.Open(word, TestTars.Options);

    private static IEnumerable<string> Ids(IImageDataset data) => Enumerable.Range(0, data.Count).Select(data.Id);

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes(text);
}
