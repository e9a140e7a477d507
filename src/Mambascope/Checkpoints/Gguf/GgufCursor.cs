using System.Buffers.Binary;
using System.Text;

namespace Mambascope.Checkpoints;

/// <summary>
/// Reads the head of a GGUF file from front to back. Nothing is allocated before the rest of the file is known to hold it, and no more
/// than <see cref="Limit"/> bytes are read in all.
/// </summary>
internal sealed class GgufCursor(Stream stream, string file)
{
    /// <summary>Most bytes of metadata and table of tensors; the largest vocabularies in use need 15 MB.</summary>
    public const int Limit = 128 << 20;

    private readonly byte[] buffer = new byte[1 << 16];
    private int at;
    private int filled;

    /// <summary>The file, for messages.</summary>
    public string File => file;

    /// <summary>Bytes read so far.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes that follow.</summary>
    public long Remaining => stream.Length - Position;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>A length and so many bytes of UTF-8; what is no valid UTF-8 becomes U+FFFD.</summary>
    /// <param name="where">What it stands in, for messages.</param>
    /// <param name="what">What it is, for messages.</param>
    public string Text(string where, string what = "string")
    {
        var length = UInt64();
        return length <= (ulong)Remaining
            ? Encoding.UTF8.GetString(Take(checked((int)Math.Min(length, Limit + 1))))
            : throw new BadInputException($"{file}: a {what} of {length} bytes in {where} runs past the end of the file");
    }

    /// <summary>The next bytes; valid until the next call.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > Remaining)
        {
            throw new BadInputException($"{file} ends inside its metadata: it is truncated");
        }

        if (Position + count > Limit)
        {
            throw new BadInputException($"{file} has more than {Limit:N0} bytes of metadata, expected fewer");
        }

        Position += count;
        if (filled - at < count)
        {
            return Refill(count);
        }

        at += count;
        return buffer.AsSpan(at - count, count);
    }

    private ReadOnlySpan<byte> Refill(int count)
    {
        var left = filled - at;
        var bytes = count <= buffer.Length ? buffer : new byte[count];
        buffer.AsSpan(at, left).CopyTo(bytes);
        left += stream.ReadAtLeast(bytes.AsSpan(left), count - left, throwOnEndOfStream: true);
        (at, filled) = bytes == buffer ? (count, left) : (0, 0);
        return bytes.AsSpan(0, count);
    }
}
