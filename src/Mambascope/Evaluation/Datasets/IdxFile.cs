using System.Buffers.Binary;
using System.IO.Compression;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// An IDX file of unsigned bytes, the format of MNIST and its relatives: two zero bytes, a type byte (8 = unsigned byte),
/// the number of dimensions, each dimension as a big-endian 32-bit integer, then the elements, last dimension fastest.
/// Gzipped files are recognised by their first two bytes.
/// </summary>
internal sealed class IdxFile
{
    /// <summary>Files with more elements than this are refused before anything of that size is allocated.</summary>
    public const long MaxElements = 256L * 1024 * 1024;

    private const int MaxDimensions = 4;
    private const byte UnsignedByte = 0x08;

    private IdxFile(int[] shape, byte[] data)
    {
        Shape = shape;
        Data = data;
    }

    /// <summary>The dimensions as the file gives them, for example (60000, 28, 28).</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>All elements, row-major.</summary>
    public byte[] Data { get; }

    /// <summary>Reads a file from disk, gzipped or not.</summary>
    /// <exception cref="BadInputException">The file is missing, truncated, too long, too large or not IDX.</exception>
    public static IdxFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            throw new BadInputException($"{path}: expected an IDX file, found no such file; check the path");
        }

        try
        {
            using var stream = File.OpenRead(path);
            return Read(stream, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{path}: cannot be read ({e.Message})", e);
        }
    }

    /// <summary>Reads from a stream, gzipped or not; <paramref name="name"/> is what error messages call it.</summary>
    /// <exception cref="BadInputException">The content is truncated, too long, too large or not IDX.</exception>
    public static IdxFile Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Span<byte> start = stackalloc byte[2];
        var startLength = stream.ReadAtLeast(start, 2, throwOnEndOfStream: false);
        using var whole = new PrefixedStream(start[..startLength].ToArray(), stream);
        if (startLength < 2 || start[0] != 0x1f || start[1] != 0x8b)
        {
            return ReadPlain(whole, name);
        }

        try
        {
            using var unzipped = new GZipStream(whole, CompressionMode.Decompress);
            return ReadPlain(unzipped, name);
        }
        catch (InvalidDataException e)
        {
            throw new BadInputException($"{name}: expected gzipped IDX data, found a damaged gzip stream; copy the file again", e);
        }
    }

    private static IdxFile ReadPlain(Stream stream, string name)
    {
        Span<byte> head = stackalloc byte[4];
        var got = stream.ReadAtLeast(head, 4, throwOnEndOfStream: false);
        if (got < 4 || head[0] != 0 || head[1] != 0)
        {
            throw new BadInputException(
                $"{name}: expected an IDX file starting with two zero bytes, found "
                    + $"{(got < 4 ? $"{got} bytes" : $"0x{Convert.ToHexString(head)}")}; this is another format");
        }

        if (head[2] != UnsignedByte)
        {
            throw new BadInputException(
                $"{name}: expected IDX elements of type 0x08 (unsigned byte), found 0x{head[2]:x2}; other types are not supported");
        }

        int rank = head[3];
        if (rank is < 1 or > MaxDimensions)
        {
            throw new BadInputException($"{name}: expected 1 to {MaxDimensions} IDX dimensions, found {rank}");
        }

        var shape = new int[rank];
        long count = 1;
        for (var d = 0; d < rank; d++)
        {
            if (stream.ReadAtLeast(head, 4, throwOnEndOfStream: false) < 4)
            {
                throw new BadInputException($"{name}: expected {rank} IDX dimensions, found the end of the file in dimension {d}");
            }

            long extent = BinaryPrimitives.ReadUInt32BigEndian(head);
            // Each factor stays below 2^28 and the product is checked every time, so the product cannot overflow.
            if (extent is 0 or > MaxElements || (count *= extent) > MaxElements)
            {
                throw new BadInputException(
                    $"{name}: expected at most {MaxElements} IDX elements and no empty dimension, found {extent} in dimension {d}");
            }

            shape[d] = (int)extent;
        }

        var data = ReadGrowing(stream, (int)count);
        if (data.Length < count)
        {
            throw new BadInputException(
                $"{name}: expected {count} elements for shape ({string.Join(", ", shape)}), found {data.Length}; the file is truncated.");
        }

        if (stream.ReadByte() >= 0)
        {
            throw new BadInputException(
                $"{name}: expected {count} elements for shape ({string.Join(", ", shape)}), found more bytes behind them.");
        }

        return new IdxFile(shape, data);
    }

    // A header may promise 256 MiB and the file hold nothing: memory grows with what really arrives.
    private static byte[] ReadGrowing(Stream stream, int count)
    {
        var buffer = new byte[Math.Min(count, 1 << 20)];
        var filled = 0;
        while (true)
        {
            filled += stream.ReadAtLeast(buffer.AsSpan(filled), buffer.Length - filled, throwOnEndOfStream: false);
            if (filled < buffer.Length)
            {
                return buffer[..filled];
            }

            if (filled == count)
            {
                return buffer;
            }

            Array.Resize(ref buffer, (int)Math.Min(count, 2L * buffer.Length));
        }
    }

    /// <summary>A stream whose first bytes were read already; only sequential reading is needed here.</summary>
    private sealed class PrefixedStream(byte[] prefix, Stream rest) : Stream
    {
        private int _used;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (_used == prefix.Length)
            {
                return rest.Read(buffer);
            }

            var n = Math.Min(buffer.Length, prefix.Length - _used);
            prefix.AsSpan(_used, n).CopyTo(buffer);
            _used += n;
            return n;
        }

        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
