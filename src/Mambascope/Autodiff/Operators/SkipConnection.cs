using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>s = y + D ⊙ u, the skip of an S6 layer; see <see cref="SkipConnection"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class SkipConnectionOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal SkipConnectionOperator(Value<T> y, Weight d, Value<T> u, Value<T> output)
    {
        Y = y;
        D = d;
        U = u;
        Output = output;
    }

    /// <summary>Output of the scan (Batch, L, E).</summary>
    public Value<T> Y { get; }

    /// <summary>Skip weights (E).</summary>
    public Weight D { get; }

    /// <summary>Input of the scan (Batch, L, E).</summary>
    public Value<T> U { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [Y, U];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Weight> Weights => [D];

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.WeightGradients?.Find(D) is { } dd)
        {
            SkipConnection.BackwardWeight(replay.Workers, dOutput, U.Data, dd);
        }

        if (replay.Target(U) is { } du)
        {
            SkipConnection.BackwardInput(replay.Workers, dOutput, D, du.Data, du.Accumulate);
        }

        if (replay.Target(Y) is { } dy)
        {
            Sum.Backward(replay.Workers, dOutput, dy.Data, dy.Accumulate);
        }
    }
}

/// <summary>Puts skip connections on a tape.</summary>
public static class SkipConnectionExtensions
{
    /// <summary>y + D ⊙ u, (Batch, L, E).</summary>
    public static Value<T> SkipConnection<T>(this Tape<T> tape, Value<T> y, Weight d, Value<T> u)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var s = tape.NewValue(y.Data.Batch, y.Data.Length, y.Data.Width);
        Numerics.SkipConnection.Forward(tape.Workers, y.Data, u.Data, d, s.Data);
        return tape.Record(new SkipConnectionOperator<T>(y, d, u, s));
    }
}
