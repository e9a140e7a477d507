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
    // Of a value inside a stretch: undefined while the stretch has given its memory back.
    private Activation<T> data;
    private Stretch<T>? stretch;

    internal Value(int index, Activation<T> data, Stretch<T>? stretch = null)
    {
        (Index, this.data, this.stretch) = (index, data, stretch);
        (Batch, Length, Width) = (data.Batch, data.Length, data.Width);
        Root = this;
    }

    private Value(Value<T> root, int start, int width)
    {
        (Index, Root, Start) = (root.Index, root, start);
        (Batch, Length, Width) = (root.Batch, root.Length, width);
    }

    /// <summary>
    /// The numbers, (Batch, Length, Width). Of a run that keeps the streams between its layers only, a layer's numbers are computed again
    /// when they are asked for, and hold until those of another layer are.
    /// </summary>
    public Activation<T> Data
    {
        get
        {
            Root.stretch?.Hold();
            return ReferenceEquals(Root, this) ? data : Root.data.Columns(Start, Width);
        }
    }

    /// <summary>Items, known without the numbers.</summary>
    internal int Batch { get; }

    /// <summary>Rows of an item.</summary>
    internal int Length { get; }

    /// <summary>Columns.</summary>
    internal int Width { get; }

    /// <summary>Position on the tape, shared by a value and its slices.</summary>
    internal int Index { get; }

    /// <summary>The whole value of which this is a slice; itself when it is whole.</summary>
    internal Value<T> Root { get; }

    /// <summary>First column in <see cref="Root"/>.</summary>
    internal int Start { get; }

    /// <summary>Columns [start, start + width) as a value of its own, without a copy; its adjoint is a slice of this one's.</summary>
    public Value<T> Columns(int start, int width) => new(Root, Start + start, width);

    /// <summary>Whether its memory goes with a stretch.</summary>
    internal bool IsIn(Stretch<T> other) => ReferenceEquals(stretch, other);

    /// <summary>The memory that it has now, without asking for its numbers.</summary>
    internal Activation<T> Memory
    {
        get => data;
        set => data = value;
    }

    /// <summary>Keeps its memory, whatever becomes of the stretch that computed it.</summary>
    internal void Keep() => stretch = null;
}
