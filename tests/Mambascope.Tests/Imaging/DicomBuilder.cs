using System.Buffers.Binary;
using System.Text;

namespace Mambascope.Tests.Imaging;

/// <summary>Writes DICOM files, element by element, as PS3.5 and PS3.10 lay them out.</summary>
internal sealed class DicomBuilder
{
    private readonly List<byte> file = [];
    private readonly bool isExplicit;

    internal DicomBuilder(string transferSyntax)
    {
        isExplicit = transferSyntax != "1.2.840.10008.1.2";
        file.AddRange(new byte[128]);
        file.AddRange("DICM"u8);
        Write(0x00020010, "UI", Encoding.ASCII.GetBytes(transferSyntax + (transferSyntax.Length % 2 == 0
            ? ""
            : "\0")), forceExplicit: true);
    }

    internal DicomBuilder Number(uint tag, ushort value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return Write(tag, "US", bytes);
    }

    internal DicomBuilder Text(uint tag, string kind, string text)
        => Write(tag, kind, Encoding.ASCII.GetBytes(text.Length % 2 == 0 ? text : text + " "));

    /// <summary>
    /// A sequence of undefined length whose one item, of undefined length too, holds an element that must not be taken for the picture's.
    /// </summary>
    internal DicomBuilder Sequence(uint tag)
    {
        Header(tag, "SQ", 0xFFFFFFFF, isExplicit);
        Tag(0xFFFEE000, 0xFFFFFFFF);
        Number(0x00280010, 9999);
        Tag(0xFFFEE00D, 0);
        Tag(0xFFFEE0DD, 0);
        return this;
    }

    internal byte[] Pixels(byte[] data)
    {
        Write(0x7FE00010, "OW", data);
        return [.. file];
    }

    internal byte[] Fragments(params byte[][] fragments)
    {
        Header(0x7FE00010, "OB", 0xFFFFFFFF, isExplicit);
        Tag(0xFFFEE000, 0);
        foreach (var fragment in fragments)
        {
            Tag(0xFFFEE000, (uint)(fragment.Length + (fragment.Length % 2)));
            file.AddRange(fragment);
            file.AddRange(new byte[fragment.Length % 2]);
        }

        Tag(0xFFFEE0DD, 0);
        return [.. file];
    }

    private DicomBuilder Write(uint tag, string kind, byte[] value, bool forceExplicit = false)
    {
        Header(tag, kind, (uint)value.Length, isExplicit || forceExplicit);
        file.AddRange(value);
        return this;
    }

    private void Header(uint tag, string kind, uint length, bool withKind)
    {
        if (!withKind)
        {
            Tag(tag, length);
            return;
        }

        Span<byte> bytes = stackalloc byte[12];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)(tag >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], (ushort)tag);
        Encoding.ASCII.GetBytes(kind, bytes[4..]);
        var isLong = kind is "OB" or "OW" or "SQ" or "UN";
        if (isLong)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], length);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], (ushort)length);
        }

        file.AddRange(bytes[..(isLong ? 12 : 8)]);
    }

    private void Tag(uint tag, uint length)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)(tag >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], (ushort)tag);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], length);
        file.AddRange(bytes);
    }
}
