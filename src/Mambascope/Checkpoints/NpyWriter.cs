using System.Runtime.InteropServices;

namespace Mambascope.Checkpoints;

/// <summary>Writes NumPy's .npy files.</summary>
public static class NpyWriter
{
    /// <summary>Writes an array; the file appears at the path only when it is complete.</summary>
    /// <typeparam name="T">float, double, long or byte.</typeparam>
    /// <param name="path">Where to.</param>
    /// <param name="shape">Sizes of the axes, outermost first; their product is the number of values.</param>
    /// <param name="values">Row-major values.</param>
    /// <exception cref="BadInputException">The file cannot be written.</exception>
    /// <exception cref="ArgumentException">The shape does not fit the values.</exception>
    public static void Write<T>(string path, ReadOnlySpan<int> shape, ReadOnlyMemory<T> values) where T : unmanaged
    {
        if (!TensorInfo.TryCount(shape, out var count) || count != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not fit the shape {TensorInfo.ShapeText(shape)}", nameof(shape));
        }

        var header = NpyHeader.Write<T>(shape);
        AtomicFile.Write(path, stream =>
        {
            // In chunks: the bytes of a large array need not fit in one span.
            const int Chunk = 8192;
            stream.Write(header);
            for (var start = 0; start < values.Length; start += Chunk)
            {
                stream.Write(MemoryMarshal.AsBytes(values.Span.Slice(start, Math.Min(Chunk, values.Length - start))));
            }
        });
    }
}
