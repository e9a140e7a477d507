using System.Collections.Immutable;

namespace Mambascope.Checkpoints;

/// <summary>Name, type and shape of one stored tensor. Values are row-major: the last axis varies fastest.</summary>
public sealed class TensorInfo
{
    internal const int MaximumRank = 32;

    private readonly StoredType stored;

    internal TensorInfo(string name, TensorType type, ImmutableArray<int> shape)
        : this(name, StoredType.Of(type), shape) { }

    internal TensorInfo(string name, StoredType stored, ImmutableArray<int> shape)
    {
        Name = name;
        this.stored = stored;
        Shape = shape;
        Count = TryCount(shape.AsSpan(), out var count)
            ? count
            : throw new ArgumentException("The shape's product overflows", nameof(shape));
    }

    /// <summary>The tensor's name in the checkpoint, such as <c>layers.0.mixer.A_log</c>.</summary>
    public string Name { get; }

    /// <summary>How the values are stored.</summary>
    public TensorType Type => stored.Type;

    /// <summary>
    /// The type by its name in the file, which says more than <see cref="Type"/> where that is <see cref="TensorType.Other"/>.
    /// </summary>
    public string TypeName => stored.Name;

    /// <summary>Sizes of the axes, outermost first; empty for a scalar.</summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>Number of values: the product of <see cref="Shape"/>.</summary>
    public long Count { get; }

    /// <summary>Stored size in bytes; 0 where the size of the type is not known.</summary>
    public long ByteLength => stored.ByteLength(Count);

    /// <summary>For messages: <c>layers.0.mixer.A_log F32 (64, 16)</c>.</summary>
    public override string ToString() => $"{Printable.Name(Name)} {Printable.Name(TypeName)} {ShapeText(Shape.AsSpan())}";

    /// <summary>The same tensor under another name.</summary>
    internal TensorInfo Renamed(string name) => new(name, stored, Shape);

    /// <summary>A shape as people write it: (64, 16), (64), ().</summary>
    internal static string ShapeText(ReadOnlySpan<int> shape)
    {
        return "(" + string.Join(", ", shape.ToArray()) + ")";
    }

    /// <summary>
    /// The product of the axes; false where an axis is negative or the bytes of eight-byte values would not fit in 63 bits.
    /// </summary>
    internal static bool TryCount(ReadOnlySpan<int> shape, out long count)
    {
        const long Limit = long.MaxValue / 8;
        count = 1;
        foreach (var size in shape)
        {
            if (size < 0 || (size > 0 && count > Limit / size))
            {
                return false;
            }

            count *= size;
        }

        return true;
    }
}
