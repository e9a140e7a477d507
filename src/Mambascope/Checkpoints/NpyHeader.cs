using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;

namespace Mambascope.Checkpoints;

/// <summary>
/// The header of NumPy's .npy format: magic, version, length, and a Python dict in text with element type, axis order and shape.
/// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
/// </summary>
internal static partial class NpyHeader
{
    private const int Alignment = 64;
    private const int VersionOneStart = 10;
    private const int LongestDict = 1 << 16;
    private const int LongestShown = 1 << 10;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>NumPy's name of an element type.</summary>
    public static string Descr<T>() where T : unmanaged
    {
        return default(T) switch
        {
            float => "<f4",
            double => "<f8",
            long => "<i8",
            int => "<i4",
            short => "<i2",
            ushort => "<u2",
            byte => "|u1",
            _ => throw new NotSupportedException($"{typeof(T).Name} is not written as npy; expected float, double, long or byte"),
        };
    }

    /// <summary>A version 1 header for row-major values, padded so that the data starts at a multiple of 64 bytes.</summary>
    public static byte[] Write<T>(ReadOnlySpan<int> shape) where T : unmanaged => Write(Descr<T>(), shape);

    /// <summary>The same for an element type by NumPy's name.</summary>
    public static byte[] Write(string descr, ReadOnlySpan<int> shape)
    {
        var axes = shape.Length == 1 ? shape[0] + "," : string.Join(", ", shape.ToArray());
        var dict = $"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({axes}), }}";
        var length = (VersionOneStart + dict.Length + 1 + Alignment - 1) / Alignment * Alignment;
        var header = new byte[length];
        header.AsSpan().Fill((byte)' ');
        Magic.CopyTo(header);
        header[6] = 1;
        header[7] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(length - VersionOneStart));
        Encoding.ASCII.GetBytes(dict, header.AsSpan(VersionOneStart));
        header[^1] = (byte)'\n';
        return header;
    }

    /// <summary>Reads a header of version 1 or 2: the shape, and where the data starts.</summary>
    public static (int[] Shape, int DataStart) Read<T>(ReadOnlySpan<byte> bytes, string file) where T : unmanaged
    {
        if (bytes.Length < VersionOneStart + 2 || !bytes.StartsWith(Magic) || bytes[6] is not (1 or 2))
        {
            throw new BadInputException($"{file} is not an npy file of version 1 or 2");
        }

        var start = bytes[6] == 1 ? VersionOneStart : VersionOneStart + 2;
        long length =
            bytes[6] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (length > bytes.Length - start || length > LongestDict)
        {
            throw new BadInputException(
                $"{file} announces an npy header of {length:N0} bytes, but {bytes.Length - start:N0} follow: it is truncated or damaged");
        }

        return (Parse<T>(Encoding.Latin1.GetString(bytes.Slice(start, (int)length)), file), start + (int)length);
    }

    /// <summary>NumPy's name of the element type of an array, such as "|u1"; null where the bytes are none.</summary>
    public static string? DescrOf(ReadOnlySpan<byte> bytes)
    {
        var head = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, VersionOneStart + 2 + LongestShown)]);
        return bytes.StartsWith(Magic) && DescrField().Match(head) is { Success: true } found ? found.Groups["value"].Value : null;
    }

    private static int[] Parse<T>(string dict, string file) where T : unmanaged
    {
        var descr = DescrField().Match(dict).Groups["value"].Value;
        if (!string.Equals(descr, Descr<T>(), StringComparison.Ordinal))
        {
            throw new BadInputException($"{file} holds values of type {Printable.Name(descr)}, expected {Descr<T>()}");
        }

        if (OrderField().Match(dict).Groups["value"].Value is not "False")
        {
            throw new BadInputException(
                $"{file} is in Fortran order or damaged, expected 'fortran_order': False; save it with numpy.ascontiguousarray");
        }

        var match = ShapeField().Match(dict);
        var axes = match.Groups["value"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var shape = new int[axes.Length];
        for (var i = 0; i < axes.Length; i++)
        {
            if (!int.TryParse(axes[i], out shape[i]))
            {
                throw new BadInputException($"{file} has an axis of {Printable.Name(axes[i])}, expected at most {int.MaxValue}");
            }
        }

        return match.Success && axes.Length <= TensorInfo.MaximumRank
            ? shape
            : throw new BadInputException($"{file} has an npy header without a shape");
    }

    // What may stand in a header is narrow enough for three patterns.
    [GeneratedRegex("'descr':\\s*'(?<value>[^']*)'", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex DescrField();

    [GeneratedRegex("'fortran_order':\\s*(?<value>True|False)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex OrderField();

    [GeneratedRegex("'shape':\\s*\\((?<value>[0-9, ]*)\\)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ShapeField();
}
