using Mambascope.Numerics;

namespace Mambascope.Autodiff;

/// <summary>
/// A quantity on a <see cref="Tape{T}"/>: what an operator produced, what was put in, or a slice of columns of either.
/// Gradients can be asked for any value.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class Value<T>
    where T : unmanaged
{
    internal Value(int index, Activation<T> data)
    {
        Index = index;
        Data = data;
        Root = this;
    }

    private Value(Value<T> root, int start, int width)
    {
        Index = root.Index;
        Root = root;
        Start = start;
        Data = root.Data.Columns(start, width);
    }

    /// <summary>The numbers, (Batch, Length, Width).</summary>
    public Activation<T> Data { get; }

    /// <summary>Position on the tape, shared by a value and its slices.</summary>
    internal int Index { get; }

    /// <summary>The whole value of which this is a slice; itself when it is whole.</summary>
    internal Value<T> Root { get; }

    /// <summary>First column in <see cref="Root"/>.</summary>
    internal int Start { get; }

    /// <summary>Columns [start, start + width) as a value of its own, without a copy; its adjoint is a slice of this one's.</summary>
    public Value<T> Columns(int start, int width) => new(Root, Start + start, width);
}
