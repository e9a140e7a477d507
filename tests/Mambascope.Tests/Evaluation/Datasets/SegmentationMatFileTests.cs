using System.Diagnostics;
using Mambascope.Checkpoints;
using Mambascope.Evaluation.Datasets;
using Mambascope.Tests.Checkpoints;
using PureHDF;
using Xunit;

namespace Mambascope.Tests.Evaluation.Datasets;

public sealed class SegmentationMatFileTests(ITestOutputHelper output) : IDisposable
{
    private const int Mutants = 1_500;

    private readonly TemporaryFolder folder = new();

    private static string Mini => Golden.Path("imagenet-segmentation-mini", "gtsegs_mini.mat");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_miniature_reads_bit_for_bit()
    {
        using var expected = Checkpoint.Open(Golden.Path("imagenet-segmentation-mini", "gtsegs_mini.expected.safetensors"));
        var dataset = SegmentationMatFile.Open(Mini);
        Assert.Equal(3, dataset.Count);
        Assert.True(dataset.HasMasks);
        Assert.False(dataset.HasLabels);
        for (var i = 0; i < 3; i++)
        {
            var item = dataset.Read(i);
            var (image, mask) = ($"image{i}", $"mask{i}");
            Assert.Equal($"{i}", item.Id);
            Assert.Equal(expected.Tensors[image].Shape.Select(extent => (long)extent), [item.Image.Height, item.Image.Width, 3]);
            Assert.Equal(expected.ReadInt64s(image), item.Image.Pixels.Select(value => (long)value));
            Assert.Equal(expected.ReadInt64s(mask), item.Mask!.Select(value => (long)value));
            Assert.Contains((byte)1, item.Mask!);
        }
    }

    [Fact]
    public void Many_threads_read_the_same()
    {
        var dataset = SegmentationMatFile.Open(Mini);
        var alone = Enumerable.Range(0, 3).Select(dataset.Read).ToArray();
        Parallel.For(0, 60, i =>
        {
            var item = dataset.Read(i % 3);
            Assert.Equal(alone[i % 3].Image.Pixels, item.Image.Pixels);
            Assert.Equal(alone[i % 3].Mask, item.Mask);
        });
    }

    [Fact]
    public void Compressed_chunks_read_as_well()
    {
        // What MATLAB itself writes: the golden file is not compressed.
        var (image, mask) = Picture(width: 31, height: 17);
        var file = Write("chunked.mat", [(image, mask)], chunked: true);
        Assert.True(new FileInfo(file).Length > 0);
        var item = SegmentationMatFile.Open(file).Read(0);
        Assert.Equal((31, 17), (item.Image.Width, item.Image.Height));
        for (var y = 0; y < 17; y++)
        {
            for (var x = 0; x < 31; x++)
            {
                Assert.Equal(mask[x, y], item.Mask![(y * 31) + x]);
                Assert.Equal(image[2, x, y], item.Image.Pixels[(((y * 31) + x) * 3) + 2]);
            }
        }
    }

    [Fact]
    public void Data_of_other_shapes_or_values_are_refused()
    {
        var (image, mask) = Picture(5, 4);
        Assert.Contains(
            "mask 0: expected the values 0 and 1, found 7", ReadFails(Write("a.mat", [(image, With(mask, 7))])), StringComparison.Ordinal);
        Assert.Contains(
            "mask 0: expected 5x4, the size of the picture, found 4x5",
            ReadFails(Write("b.mat", [(image, new byte[4, 5])])),
            StringComparison.Ordinal);
        Assert.Contains(
            "picture 0: expected shape (3, width, height), found (1, 5, 4)",
            ReadFails(Write("c.mat", [(new byte[1, 5, 4], mask)])),
            StringComparison.Ordinal);
        Assert.Contains(
            "picture 0: expected an array of uint8", ReadFails(Write("d.mat", [(new double[3, 5, 4], mask)])), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_files_are_refused_with_one_line()
    {
        Assert.Contains("was not found", OpenFails(folder.File("none.mat")), StringComparison.Ordinal);
        Assert.Contains("expected HDF5", OpenFails(folder.Write("empty.mat", "")), StringComparison.Ordinal);
        Assert.Contains(
            "expected HDF5",
            OpenFails(folder.Write("text.mat", "not a matrix at all, but long enough to be looked at")),
            StringComparison.Ordinal);
        Assert.Contains("-v7.3", OpenFails(folder.Write("old.mat", "MATLAB 5.0 MAT-file, Platform: GLNXA64")), StringComparison.Ordinal);
        new H5File { ["other"] = new[] { 1, 2 } }.Write(folder.File("other.mat"));
        Assert.Contains("found no /value/img", OpenFails(folder.File("other.mat")), StringComparison.Ordinal);
        new H5File { ["value"] = new H5Group { ["img"] = new[] { 1, 2 }, ["gt"] = new[] { 1, 2 } } }.Write(folder.File("numbers.mat"));
        Assert.Contains("/value/img: expected references", OpenFails(folder.File("numbers.mat")), StringComparison.Ordinal);
    }

    [Fact]
    public void Truncated_at_any_length_it_is_read_or_refused()
    {
        var seed = File.ReadAllBytes(Mini);
        for (var length = 0; length < seed.Length; length += length < 4096 ? 97 : 4999)
        {
            Survives(folder.Write("cut.mat", seed[..length]));
        }
    }

    [Fact]
    public void Damaged_it_is_read_or_refused()
    {
        // Most of the file is pixels, which may be anything: four fifths of the damage goes where the structure is.
        var seed = File.ReadAllBytes(Mini);
        var structure = Structure(seed);
        var random = new Random(20_261_123);
        var clock = Stopwatch.StartNew();
        var (opened, longest, most) = (0, TimeSpan.Zero, 0L);
        for (var k = 0; k < Mutants; k++)
        {
            var mutant = (byte[])seed.Clone();
            for (var edits = random.Next(1, 4); edits > 0; edits--)
            {
                var at = random.Next(5) == 0 ? random.Next(seed.Length) : structure[random.Next(structure.Length)];
                mutant[at] = random.Next(3) switch
                {
                    0 => (byte)(mutant[at] ^ (1 << random.Next(8))),
                    1 => (byte)random.Next(256),
                    _ => (byte)(random.Next(2) * 255),
                };
            }

            var (start, before) = (clock.Elapsed, GC.GetAllocatedBytesForCurrentThread());
            opened += Survives(folder.Write("mutant.mat", mutant)) ? 1 : 0;
            longest = clock.Elapsed - start is var took && took > longest ? took : longest;
            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        // The HDF5 reader makes one array of whatever length a damaged field promises (2 GiB at most) before it finds that the file is
        // shorter. Its pages are never touched, so most memory is no bound here; the longest time shows whether that stays harmless.
        output.WriteLine(
            $"{structure.Length} bytes of structure; {Mutants} mutants in {clock.Elapsed.TotalSeconds:F1} s, {opened} opened; longest "
                + $"{longest.TotalMilliseconds:F0} ms, most memory {most:N0} bytes");
        Assert.InRange(opened, Mutants / 100, Mutants * 99 / 100);
    }

    /// <summary>Places of all bytes that are neither pixels nor masks nor zeros of unused space.</summary>
    private static int[] Structure(byte[] seed)
    {
        var dataset = SegmentationMatFile.Open(Mini);
        var isStructure = new bool[seed.Length];
        Array.Fill(isStructure, true);
        for (var i = 0; i < dataset.Count; i++)
        {
            var item = dataset.Read(i);
            var (width, height) = (item.Image.Width, item.Image.Height);
            var (pixels, mask) = (new byte[3 * width * height], new byte[width * height]);
            for (var k = 0; k < width * height; k++)
            {
                mask[k] = item.Mask![(k % height * width) + (k / height)];
                for (var c = 0; c < 3; c++)
                {
                    pixels[(c * width * height) + k] = item.Image.Pixels[(((k % height * width) + (k / height)) * 3) + c];
                }
            }

            foreach (var data in new[] { pixels, mask })
            {
                var start = seed.AsSpan().IndexOf(data);
                Assert.True(start > 0, $"item {i} is not in the file as stored");
                Array.Fill(isStructure, false, start, data.Length);
            }
        }

        return
        [
            .. Enumerable
                .Range(0, seed.Length)
                .Where(i =>
                    isStructure[i]
                    && (seed[i] != 0 || (i > 8 && i < seed.Length - 8 && seed.AsSpan(i - 8, 17).IndexOfAnyExcept((byte)0) >= 0))),
        ];
    }

    /// <summary>Opens and reads everything: true where it opened. Anything but the one refusal fails the test.</summary>
    private static bool Survives(string file)
    {
        try
        {
            var dataset = SegmentationMatFile.Open(file);
            for (var i = 0; i < Math.Min(dataset.Count, 10); i++)
            {
                try
                {
                    var item = dataset.Read(i);
                    Assert.Equal(item.Image.Width * item.Image.Height, item.Mask!.Length);
                    Assert.Equal(-1, item.Mask.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)1));
                }
                catch (BadInputException error)
                {
                    TemporaryFolder.OneLine(error);
                }
            }

            return true;
        }
        catch (BadInputException error)
        {
            TemporaryFolder.OneLine(error);
            return false;
        }
    }

    private static (byte[,,] Image, byte[,] Mask) Picture(int width, int height)
    {
        var (random, image, mask) = (new Random(3), new byte[3, width, height], new byte[width, height]);
        for (var x = 0; x < width; x++)
        {
            for (var y = 0; y < height; y++)
            {
                mask[x, y] = (byte)random.Next(2);
                for (var c = 0; c < 3; c++)
                {
                    image[c, x, y] = (byte)random.Next(256);
                }
            }
        }

        return (image, mask);
    }

    private static byte[,] With(byte[,] mask, byte value)
    {
        var other = (byte[,])mask.Clone();
        other[1, 2] = value;
        return other;
    }

    private string Write(string name, (Array Image, byte[,] Mask)[] items, bool chunked = false)
    {
        var (refs, images, cells) = (new H5Group(), new H5ObjectReference[items.Length, 1], new H5ObjectReference[items.Length, 1]);
        for (var i = 0; i < items.Length; i++)
        {
            var (image, mask) = (Dataset(items[i].Image, chunked), Dataset(items[i].Mask, chunked));
            var cell = new H5Dataset(new H5ObjectReference[1, 1] { { mask } });
            (refs[$"image{i}"], refs[$"mask{i}"], refs[$"cell{i}"]) = (image, mask, cell);
            (images[i, 0], cells[i, 0]) = (image, cell);
        }

        new H5File { ["#refs#"] = refs, ["value"] = new H5Group { ["img"] = images, ["gt"] = cells } }.Write(folder.File(name));
        return folder.File(name);
    }

    private static H5Dataset Dataset(Array values, bool chunked)
        => new(
            values,
            chunks: chunked ? [.. Enumerable.Range(0, values.Rank).Select(d => (uint)Math.Min(8, values.GetLength(d)))] : null,
            datasetCreation: new(Filters: chunked ? [PureHDF.Filters.ShuffleFilter.Id, PureHDF.Filters.DeflateFilter.Id] : []));

    private static string OpenFails(string path)
        => TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => SegmentationMatFile.Open(path)));

    private static string ReadFails(string path)
        => TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => SegmentationMatFile.Open(path).Read(0)));
}
