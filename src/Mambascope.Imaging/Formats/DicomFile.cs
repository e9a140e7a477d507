using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Mambascope.Imaging.Formats;

/// <summary>
/// The few elements of a DICOM file that describe its pixels (PS3.5, PS3.10). All others, a patient's name among them, are stepped over
/// unread, so nothing personal can get into a result.
/// </summary>
internal sealed class DicomFile
{
    private const int Start = 132; // 128 bytes of anything, then "DICM"
    private const uint Undefined = 0xFFFFFFFF;
    private const uint PixelDataTag = 0x7FE00010;
    private const uint Item = 0xFFFEE000;
    private const uint ItemEnd = 0xFFFEE00D;
    private const uint SequenceEnd = 0xFFFEE0DD;
    private const int DeepestNesting = 32;

    private readonly byte[] bytes;
    private readonly string name;
    private readonly Dictionary<uint, (int At, int Length)> found = [];

    private DicomFile(byte[] bytes, string name) => (this.bytes, this.name) = (bytes, name);

    /// <summary>How the data set is encoded, a UID.</summary>
    internal string TransferSyntax { get; private set; } = "";

    /// <summary>The pixel data as stored; fragments of a compressed frame are joined.</summary>
    internal byte[] PixelData { get; private set; } = [];

    /// <summary>Finds the elements.</summary>
    /// <exception cref="BadInputException">The file is damaged, has no pixels, or an encoding that is not read here.</exception>
    internal static DicomFile Read(byte[] bytes, string name)
    {
        var file = new DicomFile(bytes, name);
        var at = file.ReadElements(Start, isExplicit: true, isHeader: true);
        file.TransferSyntax = file.Text(0x00020010) ?? throw file.Damaged("it has no transfer syntax");
        var isExplicit = file.TransferSyntax switch
        {
            DicomSyntax.ImplicitLittleEndian => false,
            DicomSyntax.ExplicitLittleEndian or DicomSyntax.JpegBaseline => true,
            var other => throw new BadInputException(
                $"{name}: DICOM pixels in {DicomSyntax.NameOf(other)} are not supported; expected uncompressed little-endian or 8-bit JPEG "
                    + "baseline"),
        };
        file.ReadElements(at, isExplicit, isHeader: false);
        return file.PixelData.Length > 0 ? file : throw new BadInputException($"{name}: the DICOM file holds no pixel data");
    }

    /// <summary>A whole number of two bytes; <paramref name="otherwise"/> where the element is missing.</summary>
    internal int Whole(uint tag, int otherwise)
        => !found.TryGetValue(tag, out var value) ? otherwise
            : value.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(value.At))
            : throw Damaged($"element {Shown(tag)} has {value.Length} bytes instead of 2");

    /// <summary>Text without its padding; null where the element is missing or empty.</summary>
    internal string? Text(uint tag)
        => found.TryGetValue(tag, out var value) && value.Length is > 0 and <= 1024
            && Encoding.ASCII.GetString(bytes, value.At, value.Length).Trim(' ', '\0') is { Length: > 0 } text ? text : null;

    /// <summary>A number written as text, the first if there are several; null where the element is missing or empty.</summary>
    internal double? Decimal(uint tag)
    {
        if (Text(tag) is not { } text)
        {
            return null;
        }

        return double.TryParse(text.Split('\\')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value)
            ? value
            : throw Damaged($"element {Shown(tag)} is no number");
    }

    private BadInputException Damaged(string reason) => new($"{name}: damaged DICOM file: {reason}");

    private static string Shown(uint tag) => FormattableString.Invariant($"({tag >> 16:X4},{tag & 0xFFFF:X4})");

    /// <summary>Steps over elements and notes those about pixels; returns where the header (group 2) or the file ends.</summary>
    private int ReadElements(int at, bool isExplicit, bool isHeader)
    {
        while (at + 8 <= bytes.Length)
        {
            var tag = Tag(at);
            if (isHeader && tag >> 16 != 2)
            {
                return at;
            }

            var (start, length, isUnknown) = Header(at, isExplicit);
            if (tag == PixelDataTag)
            {
                PixelData = length == Undefined ? Fragments(start) : bytes[start..(start + Checked(start, length))];
                return bytes.Length; // what follows is padding
            }

            if (length == Undefined)
            {
                at = AfterSequence(start, isExplicit && !isUnknown, depth: 0);
                continue;
            }

            if (tag == 0x00020010 || tag >> 16 == 0x0028)
            {
                found[tag] = (start, Checked(start, length));
            }

            at = start + Checked(start, length);
        }

        return at;
    }

    private uint Tag(int at)
        => ((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at)) << 16)
            | BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at + 2));

    /// <summary>
    /// Where an element's value begins, how long it is, and whether its kind is unknown, so that what is nested in it is implicit.
    /// </summary>
    private (int Start, uint Length, bool IsUnknown) Header(int at, bool isExplicit)
    {
        if (!isExplicit || Tag(at) >> 16 == 0xFFFE)
        {
            return (at + 8, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 4)), false);
        }

        var kind = bytes.AsSpan(at + 4, 2);
        if (!kind.ContainsAnyExceptInRange((byte)'A', (byte)'Z'))
        {
            var isLong = kind[0] == 'O' || kind.SequenceEqual("SQ"u8) || kind.SequenceEqual("UN"u8) || kind.SequenceEqual("UC"u8)
                || kind.SequenceEqual("UR"u8)
                || kind.SequenceEqual("UT"u8) || kind.SequenceEqual("SV"u8) || kind.SequenceEqual("UV"u8);
            if (!isLong)
            {
                return (at + 8, BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at + 6)), false);
            }

            if (at + 12 <= bytes.Length)
            {
                return (at + 12, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)), kind.SequenceEqual("UN"u8));
            }
        }

        throw Damaged($"no element begins at byte {at}");
    }

    private int Checked(int start, uint length)
        => length <= bytes.Length - start ? (int)length : throw Damaged($"it ends before the {length} bytes of an element at byte {start}");

    /// <summary>The position after a sequence of undefined length, whose items may hold sequences.</summary>
    private int AfterSequence(int at, bool isExplicit, int depth)
    {
        if (depth > DeepestNesting)
        {
            throw Damaged($"sequences are nested more than {DeepestNesting} deep");
        }

        while (at + 8 <= bytes.Length)
        {
            var (tag, length) = (Tag(at), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 4)));
            at += 8;
            if (tag == SequenceEnd)
            {
                return at;
            }

            if (tag != Item)
            {
                throw Damaged($"expected an item of a sequence at byte {at - 8}, found {Shown(tag)}");
            }

            at = length == Undefined ? AfterItem(at, isExplicit, depth) : at + Checked(at, length);
        }

        throw Damaged("it ends within a sequence");
    }

    private int AfterItem(int at, bool isExplicit, int depth)
    {
        while (at + 8 <= bytes.Length)
        {
            if (Tag(at) == ItemEnd)
            {
                return at + 8;
            }

            var (start, length, isUnknown) = Header(at, isExplicit);
            at = length == Undefined ? AfterSequence(start, isExplicit && !isUnknown, depth + 1) : start + Checked(start, length);
        }

        throw Damaged("it ends within an item of a sequence");
    }

    // The first item is a table of where frames begin; the rest is the data.
    private byte[] Fragments(int at)
    {
        using var joined = new MemoryStream();
        for (var index = 0; at + 8 <= bytes.Length; index++)
        {
            var (tag, length) = (Tag(at), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 4)));
            at += 8;
            if (tag == SequenceEnd)
            {
                return joined.ToArray();
            }

            if (tag != Item)
            {
                break;
            }

            var size = Checked(at, length);
            if (index > 0)
            {
                joined.Write(bytes, at, size);
            }

            at += size;
        }

        throw Damaged("its compressed pixel data are not closed");
    }
}

/// <summary>Encodings of DICOM data sets, by UID.</summary>
internal static class DicomSyntax
{
    internal const string ImplicitLittleEndian = "1.2.840.10008.1.2";
    internal const string ExplicitLittleEndian = "1.2.840.10008.1.2.1";
    internal const string JpegBaseline = "1.2.840.10008.1.2.4.50";

    /// <summary>The name of an encoding, for people.</summary>
    internal static string NameOf(string uid) => uid switch
    {
        "1.2.840.10008.1.2.1.99" => "deflated form",
        "1.2.840.10008.1.2.2" => "big-endian form",
        "1.2.840.10008.1.2.4.51" => "JPEG of 12 bits",
        "1.2.840.10008.1.2.4.57" or "1.2.840.10008.1.2.4.70" => "lossless JPEG",
        "1.2.840.10008.1.2.4.80" or "1.2.840.10008.1.2.4.81" => "JPEG-LS",
        "1.2.840.10008.1.2.4.90" or "1.2.840.10008.1.2.4.91" => "JPEG 2000",
        "1.2.840.10008.1.2.5" => "run-length form",
        _ => $"transfer syntax {string.Concat(uid.Take(64).Where(c => char.IsAsciiDigit(c) || c == '.'))}",
    };
}
