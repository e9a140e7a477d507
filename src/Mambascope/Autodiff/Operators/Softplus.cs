using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>y = softplus(x), elementwise; see <see cref="Softplus"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class SoftplusOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal SoftplusOperator(Value<T> x, Value<T> output)
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
            Softplus.Backward(replay.Workers, X.Data, dOutput, dx.Data, dx.Accumulate);
        }
    }
}

/// <summary>Puts Softplus on a tape.</summary>
public static class SoftplusExtensions
{
    /// <summary>softplus(x), same shape.</summary>
    public static Value<T> Softplus<T>(this Tape<T> tape, Value<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var y = tape.NewValue(x.Data.Batch, x.Data.Length, x.Data.Width);
        Numerics.Softplus.Forward(tape.Workers, x.Data, y.Data);
        return tape.Record(new SoftplusOperator<T>(x, y));
    }
}
