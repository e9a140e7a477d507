using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>y = x Φ(x); see <see cref="Gelu"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class GeluOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal GeluOperator(Value<T> x, Value<T> output)
    {
        X = x;
        Output = output;
    }

    /// <summary>x (Batch, L, Width).</summary>
    public Value<T> X { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.Target(X) is { } dx)
        {
            Gelu.Backward(replay.Workers, X.Data, dOutput, dx.Data, dx.Accumulate);
        }
    }
}

/// <summary>Puts Gaussian error linear units on a tape.</summary>
public static class GeluExtensions
{
    /// <summary>gelu(x), same shape.</summary>
    public static Value<T> Gelu<T>(this Tape<T> tape, Value<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var y = tape.NewValue(x.Data.Batch, x.Data.Length, x.Data.Width);
        Numerics.Gelu.Forward(tape.Workers, x.Data, y.Data);
        return tape.Record(new GeluOperator<T>(x, y));
    }
}
