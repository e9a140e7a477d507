using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>g = scale a ⊙ b: the output gate, a = y + D u and b = silu(z); scale is 1/2 where two directions are averaged.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class ProductOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal ProductOperator(Value<T> a, Value<T> b, float scale, Value<T> output)
    {
        A = a;
        B = b;
        Scale = scale;
        Output = output;
    }

    /// <summary>First factor (Batch, L, Width).</summary>
    public Value<T> A { get; }

    /// <summary>Second factor, same shape.</summary>
    public Value<T> B { get; }

    /// <summary>Constant factor.</summary>
    public float Scale { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [A, B];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput) => Backward(replay, dOutput, share: 1);

    /// <summary>The gradient, multiplied by <paramref name="share"/>: 1, or 1/2 where a rule halves what each factor receives.</summary>
    public void Backward(Replay<T> replay, Activation<T> dOutput, float share)
    {
        if (replay.Target(A) is { } da)
        {
            Product.BackwardFirst(replay.Workers, dOutput, B.Data, Scale * share, da.Data, da.Accumulate);
        }

        if (replay.Target(B) is { } db)
        {
            Product.BackwardFirst(replay.Workers, dOutput, A.Data, Scale * share, db.Data, db.Accumulate);
        }
    }
}

/// <summary>Puts products on a tape.</summary>
public static class ProductExtensions
{
    /// <summary>scale a ⊙ b, same shape.</summary>
    public static Value<T> Product<T>(this Tape<T> tape, Value<T> a, Value<T> b, float scale = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var g = tape.NewValue(a.Data.Batch, a.Data.Length, a.Data.Width);
        Numerics.Product.Forward(tape.Workers, a.Data, b.Data, scale, g.Data);
        return tape.Record(new ProductOperator<T>(a, b, scale, g));
    }
}
