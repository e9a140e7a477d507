using System.IO.Compression;
using Mambascope.Checkpoints;
using Mambascope.Evaluation.Datasets;
using Xunit;

namespace Mambascope.Tests.Evaluation.Datasets;

public sealed class MedMnistTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("medmnist").FullName;

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void Grey_pictures_have_three_equal_channels(CompressionLevel level)
    {
        var file = Write(
            "grey.npz", level, ("test_images", [2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]), ("test_labels", [2, 1], [1, 0]));
        var data = DatasetSpecification.Open($"medmnist:{file}:test");
        Assert.Equal((2, true, false), (data.Count, data.HasLabels, data.HasMasks));
        Assert.Null(data.ClassNames);
        var second = data.Read(1);
        Assert.Equal(("test-000001", 0, 3, 2), (second.Id, second.Label, second.Image.Width, second.Image.Height));
        Assert.Equal([7, 7, 7, 8, 8, 8, 9, 9, 9], second.Image.Row(0).ToArray());
    }

    [Fact]
    public void Coloured_pictures_are_read_and_test_is_the_standard_split()
    {
        var file = Write(
            "colour.npz", CompressionLevel.Optimal, ("test_images", [1, 1, 2, 3], [1, 2, 3, 4, 5, 6]), ("test_labels", [1], [3]));
        var picture = DatasetSpecification.Open($"medmnist:{file}").Read(0);
        Assert.Equal([1, 2, 3, 4, 5, 6], picture.Image.Pixels);
        Assert.Equal(3, picture.Label);
    }

    [Fact]
    public void Of_several_labels_a_picture_none_is_taken()
    {
        var file = Write("chest.npz", CompressionLevel.Optimal, ("val_images", [1, 1, 1], [9]), ("val_labels", [1, 3], [0, 1, 1]));
        Assert.False(DatasetSpecification.Open($"medmnist:{file}:val").HasLabels);
    }

    [Fact]
    public void Labels_of_64_bits_are_read()
    {
        var file = Path.Combine(folder, "long.npz");
        using (var zip = ZipFile.Open(file, ZipArchiveMode.Create))
        {
            Add(zip, CompressionLevel.Optimal, "test_images", NpyHeader.Write<byte>([1, 1, 1]), [5]);
            Add(zip, CompressionLevel.Optimal, "test_labels", NpyHeader.Write<long>([1, 1]), BitConverter.GetBytes(7L));
        }

        Assert.Equal(7, DatasetSpecification.Open($"medmnist:{file}").Read(0).Label);
    }

    [Theory]
    [InlineData("medmnist:FILE:exam", "there is no split exam")]
    [InlineData("medmnist:FILE:train", "has no array train_images")]
    [InlineData("medmnist:absent.npz", "was not found")]
    public void What_is_not_there_is_said(string specification, string expected)
    {
        var file = Write("small.npz", CompressionLevel.Optimal, ("test_images", [1, 1, 1], [9]), ("test_labels", [1, 1], [0]));
        var error = Assert.Throws<BadInputException>(() =>
            DatasetSpecification.Open(specification.Replace("FILE", file, StringComparison.Ordinal)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_shapes_and_counts_are_refused()
    {
        var volume = Write("volume.npz", CompressionLevel.Optimal, ("test_images", [1, 1, 1, 2], [1, 2]), ("test_labels", [1, 1], [0]));
        Assert.Contains(
            "expected (n, height, width)",
            Assert.Throws<BadInputException>(() => DatasetSpecification.Open($"medmnist:{volume}")).Message,
            StringComparison.Ordinal);
        var few = Write("few.npz", CompressionLevel.Optimal, ("test_images", [2, 1, 1], [1, 2]), ("test_labels", [1, 1], [0]));
        Assert.Contains(
            "has 1 labels, but there are 2 pictures",
            Assert.Throws<BadInputException>(() => DatasetSpecification.Open($"medmnist:{few}")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_and_every_changed_byte_is_refused_or_harmless()
    {
        var file = Write(
            "whole.npz", CompressionLevel.Optimal, ("test_images", [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]), ("test_labels", [2, 1], [1, 0]));
        var bytes = File.ReadAllBytes(file);
        var broken = Path.Combine(folder, "broken.npz");
        for (var at = 0; at < bytes.Length; at++)
        {
            File.WriteAllBytes(broken, bytes[..at]);
            Assert.Throws<BadInputException>(() => DatasetSpecification.Open($"medmnist:{broken}"));
            byte[] changed = [.. bytes];
            changed[at] ^= 0x55;
            File.WriteAllBytes(broken, changed);
            try
            {
                _ = DatasetSpecification.Open($"medmnist:{broken}").Read(1);
            }
            catch (BadInputException error)
            {
                Assert.DoesNotContain('\n', error.Message);
            }
        }
    }

    [Fact]
    public void An_archive_that_would_unpack_to_far_more_is_refused()
    {
        var file = Write(
            "bomb.npz", CompressionLevel.SmallestSize, ("test_images", [64, 1024, 1024], new byte[64 << 20]),
            ("test_labels", [64, 1], new byte[64]));
        Assert.Contains(
            "would unpack to",
            Assert.Throws<BadInputException>(() => DatasetSpecification.Open($"medmnist:{file}")).Message,
            StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Write(string name, CompressionLevel level, params (string Name, int[] Shape, byte[] Values)[] arrays)
    {
        var file = Path.Combine(folder, name);
        using var zip = ZipFile.Open(file, ZipArchiveMode.Create);
        foreach (var (array, shape, values) in arrays)
        {
            Add(zip, level, array, NpyHeader.Write<byte>(shape), values);
        }

        return file;
    }

    private static void Add(ZipArchive zip, CompressionLevel level, string name, byte[] header, byte[] values)
    {
        using var stream = zip.CreateEntry(name + ".npy", level).Open();
        stream.Write(header);
        stream.Write(values);
    }
}
