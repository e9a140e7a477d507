using System.Diagnostics;

namespace Mambascope.Numerics;

/// <summary>
/// A batch of token matrices: shape (Batch, Length, Width), a view on a buffer with an owner (a model, a tape or a pool).
/// The rows of all items follow each other, so that the whole batch is also one matrix of <see cref="Rows"/> x <see cref="Width"/>;
/// element (b, t, c) stands at <c>Offset + (b * Length + t) * RowStride + c</c>. A slice of columns is a view with the same stride.
/// </summary>
/// <typeparam name="T"><see cref="float"/>, or <see cref="double"/> where exactness is wanted.</typeparam>
public readonly struct Activation<T>
    where T : unmanaged
{
    /// <summary>Creates a view; the buffer must hold every row.</summary>
    public Activation(T[] buffer, int offset, int batch, int length, int width, int rowStride)
    {
        Debug.Assert(rowStride >= width || batch * length <= 1, "rows overlap");
        Debug.Assert(offset + ((long)((batch * length) - 1) * rowStride) + width <= buffer.Length, "view leaves its buffer");
        Buffer = buffer;
        Offset = offset;
        Batch = batch;
        Length = length;
        Width = width;
        RowStride = rowStride;
    }

    /// <summary>A fresh, zeroed, dense activation of its own, for tests and small results.</summary>
    public static Activation<T> Zeros(int batch, int length, int width)
        => new(new T[batch * length * width], 0, batch, length, width, width);

    /// <summary>A dense view of the values given, row after row.</summary>
    public static Activation<T> Of(T[] values, int batch, int length, int width)
        => new(values, 0, batch, length, width, width);

    /// <summary>The memory behind the view.</summary>
    public T[] Buffer { get; }

    /// <summary>Index of the first element in <see cref="Buffer"/>.</summary>
    public int Offset { get; }

    /// <summary>Number of items.</summary>
    public int Batch { get; }

    /// <summary>Tokens of each item (L).</summary>
    public int Length { get; }

    /// <summary>Channels of each token.</summary>
    public int Width { get; }

    /// <summary>Elements from one token to the next.</summary>
    public int RowStride { get; }

    /// <summary>Batch x Length.</summary>
    public int Rows => Batch * Length;

    /// <summary>Rows x Width: how many values the view holds.</summary>
    public int Count => Rows * Width;

    /// <summary>True when the values follow each other without gaps.</summary>
    public bool IsDense => RowStride == Width;

    /// <summary>The channels of one row of the flattened (Rows, Width) matrix.</summary>
    public Span<T> Row(int row) => Buffer.AsSpan(Offset + (row * RowStride), Width);

    /// <summary>The channels of token <paramref name="token"/> of item <paramref name="item"/>.</summary>
    public Span<T> Row(int item, int token) => Row((item * Length) + token);

    /// <summary>From the first value to the last, gaps of the stride included.</summary>
    public Span<T> Extent => Buffer.AsSpan(Offset, Rows == 0 ? 0 : ((Rows - 1) * RowStride) + Width);

    /// <summary>Columns [start, start + width) of every row, without a copy.</summary>
    public Activation<T> Columns(int start, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + width, Width);
        return new(Buffer, Offset + start, Batch, Length, width, RowStride);
    }

    /// <summary>One item of the batch, without a copy.</summary>
    public Activation<T> Item(int item) => Items(item, 1);

    /// <summary>Items that follow each other, without a copy.</summary>
    internal Activation<T> Items(int first, int count)
        => new(Buffer, Offset + (first * Length * RowStride), count, Length, Width, RowStride);

    /// <summary>Sets every value to zero.</summary>
    public void Clear()
    {
        if (IsDense)
        {
            Extent.Clear();
            return;
        }

        for (var row = 0; row < Rows; row++)
        {
            Row(row).Clear();
        }
    }

    /// <summary>Copies the values of a view of the same shape.</summary>
    public void CopyFrom(Activation<T> source)
    {
        Debug.Assert(source.Rows == Rows && source.Width == Width, "shapes differ");
        for (var row = 0; row < Rows; row++)
        {
            source.Row(row).CopyTo(Row(row));
        }
    }

    /// <summary>A dense copy of the values, row after row.</summary>
    public T[] ToArray()
    {
        var values = new T[Count];
        for (var row = 0; row < Rows; row++)
        {
            Row(row).CopyTo(values.AsSpan(row * Width));
        }

        return values;
    }

    /// <summary>The same view as floats; only for kernels that have tested that T is float.</summary>
    internal Activation<float> AsSingle()
    {
        Debug.Assert(typeof(T) == typeof(float), "not a float activation");
        return new((float[])(object)Buffer, Offset, Batch, Length, Width, RowStride);
    }

    /// <summary>The same view as doubles; only for kernels that have tested that T is double.</summary>
    internal Activation<double> AsDouble()
    {
        Debug.Assert(typeof(T) == typeof(double), "not an activation of doubles");
        return new((double[])(object)Buffer, Offset, Batch, Length, Width, RowStride);
    }

    /// <summary>Shape in words, for messages.</summary>
    public override string ToString() => $"({Batch}, {Length}, {Width})";
}
