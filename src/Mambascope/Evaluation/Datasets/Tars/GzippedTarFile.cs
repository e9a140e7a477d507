using System.IO.Compression;

namespace Mambascope.Evaluation.Datasets.Tars;

/// <summary>
/// A tar file packed by gzip. It can only be unpacked from its beginning on, so the last bytes that were unpacked stay in memory, in a
/// ring: pictures are asked for in their order or nearly so, as threads happen to come. Whoever goes further back begins anew.
/// </summary>
internal sealed class GzippedTarFile : TarBytes
{
    private const int LargestRing = 16 << 20;
    private const int Step = 64 << 10;

    private readonly byte[] ring; // byte p of the tar file stands at p modulo its length
    private FileStream file;
    private GZipStream unpacked;
    private long position; // bytes unpacked so far

    /// <summary>Opens it.</summary>
    /// <exception cref="BadInputException">Missing, or access is denied.</exception>
    internal GzippedTarFile(string path) : base(path)
    {
        (file, unpacked) = Begin(path);
        ring = new byte[Math.Clamp(4 * file.Length, 4 * Step, LargestRing)]; // a small file needs no large one
    }

    /// <inheritdoc/>
    internal override long? Length => null;

    /// <inheritdoc/>
    internal override int Read(long offset, Span<byte> into)
    {
        if (offset < position - ring.Length)
        {
            Dispose();
            (file, unpacked) = Begin(Path);
            position = 0;
        }

        var done = 0;
        while (done < into.Length)
        {
            var at = offset + done;
            if (at >= position)
            {
                if (!Unpack())
                {
                    break;
                }

                continue;
            }

            var start = (int)(at % ring.Length);
            var count = (int)Math.Min(Math.Min(position - at, ring.Length - start), into.Length - done);
            ring.AsSpan(start, count).CopyTo(into[done..]);
            done += count;
        }

        return done;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        unpacked.Dispose();
        file.Dispose();
    }

    private static (FileStream File, GZipStream Unpacked) Begin(string path)
    {
        var packed = InputFile.Open(path);
        return (packed, new(packed, CompressionMode.Decompress));
    }

    // The next bytes into the ring; false at the end.
    private bool Unpack()
    {
        var start = (int)(position % ring.Length);
        try
        {
            var read = unpacked.Read(ring, start, Math.Min(Step, ring.Length - start));
            position += read;
            return read > 0;
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{Path} cannot be unpacked: {Printable.Reason(error)}; it is damaged or cut off", error);
        }
    }
}
