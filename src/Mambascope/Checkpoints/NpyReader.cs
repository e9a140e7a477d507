using System.Runtime.InteropServices;

namespace Mambascope.Checkpoints;

/// <summary>Reads NumPy's .npy files of float32, float64, int64 and uint8 in row-major order.</summary>
internal static class NpyReader
{
    /// <summary>Shape and row-major values of an array.</summary>
    /// <typeparam name="T">float, double, long or byte; must be the file's element type.</typeparam>
    /// <exception cref="BadInputException">The file is missing, damaged, in Fortran order or of another type.</exception>
    public static (int[] Shape, T[] Values) Read<T>(string path) where T : unmanaged
        => Parse<T>(InputFile.ReadAll(path, Array.MaxLength), path);

    /// <summary>The same of bytes that were read already; <paramref name="path"/> is what messages call them.</summary>
    internal static (int[] Shape, T[] Values) Parse<T>(byte[] bytes, string path) where T : unmanaged
    {
        (var shape, var start) = NpyHeader.Read<T>(bytes, path);
        ReadOnlySpan<byte> data = bytes.AsSpan(start);
        if (!TensorInfo.TryCount(shape, out var count) || count * Marshal.SizeOf<T>() != data.Length)
        {
            throw new BadInputException(
                $"{path} has {data.Length:N0} bytes of data, which do not fit the shape {TensorInfo.ShapeText(shape)} of {typeof(T).Name}: "
                    + "it is truncated or damaged");
        }

        return (shape, MemoryMarshal.Cast<byte, T>(data).ToArray());
    }
}
