using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Mambascope.Evaluation.Datasets;
using Mambascope.Imaging;
using Mambascope.Inputs.Images;
using Mambascope.Tests.Checkpoints;

namespace Mambascope.Tests.Evaluation.Datasets.Tars;

/// <summary>Tar files as other programs write them, by the writer that comes with .NET.</summary>
internal static class TestTars
{
    /// <summary>Reads them as the command line does.</summary>
    public static DatasetOptions Options { get; } = new()
    {
        Decode = TestPictures.Decode,
        DecodeBytes = (bytes, name) => ImageFile.Decode(bytes, name),
        Classes = ["zero", "one", "two", "three"],
    };

    /// <summary>A picture whose pixels depend on the seed.</summary>
    public static RgbImage Picture(int seed, int width = 6, int height = 4)
    {
        var image = new RgbImage(width, height);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }

    /// <summary>The same as a PNG file.</summary>
    public static byte[] Png(int seed, int width = 6, int height = 4) => ImageFile.EncodePng(Picture(seed, width, height));

    /// <summary>Members of a WebDataset: pictures with classes, numbered from <paramref name="first"/> on.</summary>
    public static IEnumerable<(string Name, byte[] Content)> Samples(int count, int first = 0)
        => Enumerable.Range(first, count).SelectMany(i => new[]
        {
            ($"{i:D4}.png", Png(i)),
            ($"{i:D4}.cls", Encoding.UTF8.GetBytes($"{i % 4}\n")),
            ($"{i:D4}.txt", Encoding.UTF8.GetBytes("what it shows")),
        });

    /// <summary>The bytes of a tar file.</summary>
    public static byte[] Bytes(IEnumerable<(string Name, byte[] Content)> members, TarEntryFormat format = TarEntryFormat.Pax)
    {
        using var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, format, leaveOpen: true))
        {
            foreach (var (name, content) in members)
            {
                writer.WriteEntry(Entry(name, content, format));
            }
        }

        return stream.ToArray();
    }

    /// <summary>Writes a tar file into a test's folder, packed where its name says so.</summary>
    public static string WriteTar(
        this TemporaryFolder folder, string name, IEnumerable<(string Name, byte[] Content)> members,
        TarEntryFormat format = TarEntryFormat.Pax)
        => folder.Write(name, name.EndsWith("gz", StringComparison.Ordinal) ? Zipped(Bytes(members, format)) : Bytes(members, format));

    /// <summary>Packed by gzip.</summary>
    public static byte[] Zipped(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var packed = new GZipStream(stream, CompressionLevel.Fastest))
        {
            packed.Write(bytes);
        }

        return stream.ToArray();
    }

    /// <summary>Sets the checksum of the header at a place right.</summary>
    public static void Seal(byte[] tar, int at = 0)
    {
        var header = tar.AsSpan(at, 512);
        header.Slice(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var value in header)
        {
            sum += value;
        }

        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ", header.Slice(148, 8));
    }

    private static TarEntry Entry(string name, byte[] content, TarEntryFormat format)
    {
        TarEntry entry = format switch
        {
            TarEntryFormat.V7 => new V7TarEntry(TarEntryType.V7RegularFile, name),
            TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name),
            TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, name),
            _ => new PaxTarEntry(TarEntryType.RegularFile, name),
        };
        entry.DataStream = new MemoryStream(content);
        return entry;
    }
}
