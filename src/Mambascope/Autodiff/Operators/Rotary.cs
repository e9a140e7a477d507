using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>Queries or keys turned by their positions; see <see cref="Rotary"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class RotaryOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal RotaryOperator(Value<T> x, RotaryAngles<T> angles, Value<T> output)
    {
        X = x;
        Angles = angles;
        Output = output;
    }

    /// <summary>x (Batch, L, H dh).</summary>
    public Value<T> X { get; }

    /// <summary>By how much each position turns.</summary>
    public RotaryAngles<T> Angles { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.Target(X) is { } dx)
        {
            Rotary.Backward(replay.Workers, dOutput, Angles, dx.Data, dx.Accumulate);
        }
    }
}

/// <summary>Puts rotary position embeddings on a tape.</summary>
internal static class RotaryExtensions
{
    /// <summary>x turned, same shape.</summary>
    public static Value<T> Rotary<T>(this Tape<T> tape, Value<T> x, RotaryAngles<T> angles)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var y = tape.NewValue(x.Data.Batch, x.Data.Length, x.Data.Width);
        Numerics.Rotary.Forward(tape.Workers, x.Data, angles, y.Data);
        return tape.Record(new RotaryOperator<T>(x, angles, y));
    }
}
