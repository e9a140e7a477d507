using System.Diagnostics;
using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>
/// A learned array with its checkpoint name. Matrices have the shape (Rows = outputs, Columns = inputs). Values are singles, row-major, or
/// (matrices only) 16-bit values held once, as the panels that the kernels widen: <see cref="Format"/>. Singles, too, are held once: the
/// panels of a matrix take the place of the array, which comes back to whoever asks for <see cref="Values"/>.
/// Read-only after load for everyone but a trainer, who keeps singles and calls <see cref="Changed"/> after an update.
/// </summary>
public sealed class Weight
{
    private readonly Weight? whole;
    private readonly int start;
    private float[]? data;
    private WeakReference<float[]>? lent;
    private PackedMatrix? packed;
    private object? derived;
    private int version;

    /// <summary>Wraps <paramref name="data"/>; its length must be the product of <paramref name="shape"/>.</summary>
    public Weight(string name, float[] data, params int[] shape)
        : this(name, shape)
    {
        Debug.Assert(Count == data.Length, "shape and data differ");
        this.data = data;
    }

    private Weight(string name, PackedMatrix packed, int[] shape)
        : this(name, shape)
    {
        this.packed = packed;
        Format = packed.Format;
    }

    private Weight(string name, Weight whole, int start, int[] shape)
        : this(name, shape)
    {
        Debug.Assert(start >= 0 && start + Count <= whole.Count, "a part leaves its whole");
        (this.whole, this.start) = (whole, start);
    }

    private Weight(string name, int[] shape)
    {
        Name = name;
        Shape = shape;
        Count = shape.Aggregate(1, (a, b) => a * b);
        Rows = shape[0];
        Columns = Count / Math.Max(1, shape[0]);
    }

    /// <summary>A matrix of 16-bit values, kept as such.</summary>
    /// <param name="name">Name in the checkpoint.</param>
    /// <param name="values">Encodings, row after row; copied.</param>
    /// <param name="format">Their format.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    public static Weight OfHalves(string name, ReadOnlySpan<ushort> values, WeightFormat format, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)format, (int)WeightFormat.F32);
        Debug.Assert(rows * columns == values.Length, "shape and values differ");
        return new(name, PackedMatrix.OfTransposed(values, rows, columns, format, Gemm.PanelWidth), [rows, columns]);
    }

    /// <summary>A matrix of quantised values, kept as such.</summary>
    /// <param name="name">Name in the checkpoint.</param>
    /// <param name="format">Format of the blocks.</param>
    /// <param name="blocks">Blocks, row after row; copied. All scales are finite.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs: a multiple of the block's values.</param>
    internal static Weight OfBlocks(string name, BlockFormat format, ReadOnlySpan<byte> blocks, int rows, int columns)
        => new(name, PackedMatrix.OfTransposed(format, blocks, rows, columns, Gemm.PanelWidth), [rows, columns]);

    /// <summary>A name, a shape and a format without values: enough to count a model's parameters, not to run it.</summary>
    public static Weight OfShape(string name, WeightFormat format, params int[] shape) => new(name, shape) { Format = format };

    /// <summary>The same of a quantised matrix.</summary>
    internal static Weight OfShape(string name, BlockFormat format, int rows, int columns)
        => new(name, [rows, columns])
        {
            Format = BlockLayouts.Of(format).Name(),
            OutlineBytes = PackedMatrix.BytesOf(format, rows, columns, Gemm.PanelWidth),
        };

    /// <summary>Name in the checkpoint.</summary>
    public string Name { get; }

    /// <summary>How the values are held.</summary>
    public WeightFormat Format { get; private init; }

    /// <summary>Shape as in the checkpoint.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>
    /// The weight of whose values this one is a stretch, and where they begin; null for a weight of its own. Gradients of a part are
    /// gradients of the whole: see <see cref="Autodiff.WeightGradients{T}"/>.
    /// </summary>
    internal (Weight Weight, int Start)? Whole => whole is null ? null : (whole, start);

    /// <summary>Bytes in memory, as the values are held.</summary>
    internal long ByteLength => Format switch
    {
        WeightFormat.F32 => (long)Count * sizeof(float),
        WeightFormat.F16 or WeightFormat.BF16 => (long)Count * sizeof(ushort),
        _ => packed?.ByteLength ?? OutlineBytes,
    };

    // Of a quantised matrix without values.
    private long OutlineBytes { get; init; }

    /// <summary>How many values there are.</summary>
    public int Count { get; }

    /// <summary>First dimension: outputs of a matrix.</summary>
    public int Rows { get; }

    /// <summary>Product of the other dimensions: inputs of a matrix, 1 for a vector.</summary>
    public int Columns { get; }

    /// <summary>The matrix in the panel layout of <see cref="Gemm"/>, made on first use and kept.</summary>
    internal PackedMatrix Packed
    {
        get
        {
            Refresh();
            if (packed is { } made)
            {
                return made;
            }

            var singles = Values<float>();
            made = PackedMatrix.OfTransposed(singles, Rows, Columns);
            if (Interlocked.CompareExchange(ref packed, made, comparand: null) is { } other)
            {
                return other;
            }

            // A weight in training, whose panels are made anew after every step, keeps its array: its trainer holds it anyway.
            if (whole is null && version == 0)
            {
                // Somebody may hold the array, and change it later: it stays ours as long as it is anybody's.
                lent = new(singles);
                Volatile.Write(ref data, null);
                PassingMemory.Leave(singles.LongLength * sizeof(float));
            }

            return made;
        }
    }

    /// <summary>The array of singles, where there is one: not where the panels are all that is held.</summary>
    internal float[]? Singles
    {
        get
        {
            Refresh();
            return Volatile.Read(ref data) ?? (lent is { } weak && weak.TryGetTarget(out var held) ? held : null);
        }
    }

    /// <summary>What an operator makes of the values once and for all: another layout, a function of them. One kind a weight.</summary>
    internal TDerived Derived<TDerived>(Func<Weight, TDerived> make)
        where TDerived : class
    {
        Refresh();
        return (TDerived)(derived ?? Interlocked.CompareExchange(ref derived, make(this), comparand: null) ?? derived);
    }

    /// <summary>
    /// The values as T, row after row: the array itself for float where <see cref="Format"/> is F32 (it is held from now on, until a run
    /// makes panels of it again); otherwise a widened copy of everything, made anew by every call.
    /// </summary>
    public T[] Values<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (whole is not null && typeof(T) != typeof(float))
        {
            return Array.ConvertAll(whole.Values<float>()[start..(start + Count)], T.CreateTruncating);
        }

        Refresh();
        var singles = Volatile.Read(ref data);
        if (singles is null)
        {
            singles = Singles ?? Widened();
            if (Format == WeightFormat.F32)
            {
                singles = Interlocked.CompareExchange(ref data, singles, comparand: null) ?? singles;
            }
        }

        return typeof(T) == typeof(float) ? (T[])(object)singles : Array.ConvertAll(singles, T.CreateTruncating);
    }

    /// <summary>Copies one row.</summary>
    internal void CopyRow(int row, Span<float> to)
    {
        if (Singles is { } singles)
        {
            singles.AsSpan(row * Columns, Columns).CopyTo(to);
        }
        else
        {
            HalfRows.Read(packed!, row, to);
        }
    }

    /// <summary>
    /// A stretch of the values under a shape of its own: one scan's share of a tensor that holds those of all. It follows its whole when
    /// that is trained.
    /// </summary>
    /// <param name="first">First value.</param>
    /// <param name="shape">Shape of the part.</param>
    internal Weight Part(int first, params int[] shape) => new($"{Name}[{first}]", this, first, shape);

    /// <summary>Rows [first, first + count) as a weight of their own, a copy.</summary>
    internal Weight Slice(int first, int count)
        => new(Name, Values<float>()[(first * Columns)..((first + count) * Columns)], [count, .. Shape.Skip(1)]);

    /// <summary>
    /// A vector with every value repeated, so that it has <paramref name="width"/> values (one a head becomes one a channel); itself where
    /// it has.
    /// </summary>
    internal Weight Repeat(int width)
    {
        if (Count == width)
        {
            return this;
        }

        var each = width / Count;
        var (from, values) = (Values<float>(), new float[width]);
        for (var i = 0; i < width; i++)
        {
            values[i] = from[i / each];
        }

        return new(Name, values, width);
    }

    /// <summary>
    /// Says that the array of <see cref="Values"/> was changed in place (a training step), so that derived layouts are made anew.
    /// </summary>
    /// <exception cref="InvalidOperationException">The values are held in 16 bits, where changes of the copy are lost.</exception>
    public void Changed()
    {
        if (Format != WeightFormat.F32)
        {
            throw new InvalidOperationException($"{Name} is held as {Format}; only single-precision weights can be trained");
        }

        data = Singles ?? Widened();
        (packed, derived, lent) = (null, null, null);
        version++;
    }

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name} ({string.Join(", ", Shape)})";

    // A part's values are a copy, made when they are first asked for and anew when the whole has changed.
    private void Refresh()
    {
        if (whole is null || (data is not null && version == whole.version))
        {
            return;
        }

        lock (whole)
        {
            if (data is null || version != whole.version)
            {
                (packed, derived, version) = (null, null, whole.version);
                data = whole.Values<float>()[start..(start + Count)];
            }
        }
    }

    private float[] Widened()
    {
        if (packed is null)
        {
            throw new InvalidOperationException($"{Name} has a shape, but no values: the model was opened to be described, not to be run");
        }

        var values = new float[Count];
        HalfRows.Read(workers: null, packed, 0, Rows, values);
        return values;
    }
}
