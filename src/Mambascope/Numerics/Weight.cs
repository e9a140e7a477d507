using System.Diagnostics;
using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>
/// A learned array: float32, row-major, with its checkpoint name. Matrices are stored as (Rows = outputs, Columns = inputs).
/// Read-only after load for everyone but a trainer, who calls <see cref="Changed"/> after an update.
/// </summary>
public sealed class Weight
{
    private PackedMatrix? packed;

    /// <summary>Wraps <paramref name="data"/>; its length must be the product of <paramref name="shape"/>.</summary>
    public Weight(string name, float[] data, params int[] shape)
    {
        Debug.Assert(shape.Aggregate(1, (a, b) => a * b) == data.Length, "shape and data differ");
        Name = name;
        Data = data;
        Shape = shape;
        Rows = shape[0];
        Columns = data.Length / Math.Max(1, shape[0]);
    }

    /// <summary>Name in the checkpoint.</summary>
    public string Name { get; }

    /// <summary>Values, row after row.</summary>
    public float[] Data { get; }

    /// <summary>Shape as in the checkpoint.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>First dimension: outputs of a matrix.</summary>
    public int Rows { get; }

    /// <summary>Product of the other dimensions: inputs of a matrix, 1 for a vector.</summary>
    public int Columns { get; }

    /// <summary>The matrix in the panel layout of <see cref="Gemm"/>, made on first use and kept.</summary>
    internal PackedMatrix Packed => packed ?? Interlocked.CompareExchange(ref packed, PackedMatrix.OfTransposed(Data, Rows, Columns), comparand: null) ?? packed;

    /// <summary>The values as T: the array itself for float, a widened copy for double.</summary>
    public T[] Values<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => typeof(T) == typeof(float) ? (T[])(object)Data : Array.ConvertAll(Data, T.CreateTruncating);

    /// <summary>Rows [first, first + count) as a weight of their own, a copy.</summary>
    internal Weight Slice(int first, int count) => new(Name, Data[(first * Columns)..((first + count) * Columns)], [count, .. Shape.Skip(1)]);

    /// <summary>A vector with every value repeated, so that it has <paramref name="width"/> values (one a head becomes one a channel); itself where it has.</summary>
    internal Weight Repeat(int width)
    {
        if (Data.Length == width)
        {
            return this;
        }

        var each = width / Data.Length;
        var values = new float[width];
        for (var i = 0; i < width; i++)
        {
            values[i] = Data[i / each];
        }

        return new(Name, values, width);
    }

    /// <summary>Says that <see cref="Data"/> was changed in place (a training step), so that derived layouts are made anew.</summary>
    public void Changed() => packed = null;

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name} ({string.Join(", ", Shape)})";
}
