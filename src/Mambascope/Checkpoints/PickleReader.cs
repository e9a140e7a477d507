using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Mambascope.Checkpoints;

/// <summary>Reads the operands of pickle instructions. Every read is checked against the end.</summary>
internal sealed class PickleReader(byte[] data, string file)
{
    private int position;

    /// <summary>Bytes read so far.</summary>
    public int Position => position;

    public byte Byte() => Bytes(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(4));

    public long UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Bytes(8));

    /// <summary>A length in eight bytes; one beyond the data is caught by the read that uses it.</summary>
    public long Length8() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8));

    public void Skip(long count) => Bytes(count);

    public string Utf8(long count) => Encoding.UTF8.GetString(Bytes(count));

    public string Latin1(long count) => Encoding.Latin1.GetString(Bytes(count));

    /// <summary>A little-endian two's complement integer; opaque beyond 64 bits, since no tensor has such a size.</summary>
    public object BigInteger(long count)
    {
        var bytes = Bytes(count);
        if (bytes.Length > 8)
        {
            return PickleOpaque.Integer;
        }

        long value = bytes.Length > 0 && bytes[^1] >= 0x80 ? -1 : 0;
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | bytes[i];
        }

        return value;
    }

    /// <summary>Text up to the next line feed, as protocol 0 writes its operands.</summary>
    public string Line()
    {
        var length = data.AsSpan(position).IndexOf((byte)'\n');
        if (length < 0)
        {
            throw Damaged("a line has no end");
        }

        var line = Utf8(length);
        position++;
        return line;
    }

    /// <summary>An integer in decimal, with the L that Python 2 appended.</summary>
    public object DecimalInteger()
    {
        var line = Line().TrimEnd('L');
        return long.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : PickleOpaque.Integer;
    }

    public BadInputException Damaged(string what) => new($"{file} has a damaged pickle at byte {position}: {what}");

    private ReadOnlySpan<byte> Bytes(long count)
    {
        if (count < 0 || count > data.Length - position)
        {
            throw Damaged("it ends too early");
        }

        ReadOnlySpan<byte> bytes = data.AsSpan(position, (int)count);
        position += (int)count;
        return bytes;
    }
}
