using System.Numerics;
using System.Numerics.Tensors;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>What one expert gave for the tokens that were sent to it.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Rows">Rows of the flattened (Batch L).</param>
/// <param name="Slots">For each of them, the place of the expert among those that the token chose.</param>
/// <param name="Output">(1, rows, d).</param>
internal readonly record struct ExpertOutput<T>(int[] Rows, int[] Slots, Value<T> Output)
    where T : unmanaged;

/// <summary>y[t] = sum over the experts that token t chose of w[t, slot] expert[t].</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class ExpertMixOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal ExpertMixOperator(Value<T> weights, IReadOnlyList<ExpertOutput<T>> experts, Value<T> output)
    {
        Mixed = weights;
        Experts = experts;
        Output = output;
    }

    /// <summary>Weights (Batch, L, k).</summary>
    public Value<T> Mixed { get; }

    /// <summary>Experts that at least one token chose.</summary>
    public IReadOnlyList<ExpertOutput<T>> Experts { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [Mixed, .. Experts.Select(expert => expert.Output)];

    /// <summary>(Batch, L, d).</summary>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        var weights = replay.Target(Mixed);
        if (weights is { Accumulate: false } fresh)
        {
            fresh.Data.Clear();
        }

        foreach (var (rows, slots, output) in Experts)
        {
            var expert = replay.Target(output);
            for (var i = 0; i < rows.Length; i++)
            {
                var from = dOutput.Row(rows[i]);
                if (weights is { } dw)
                {
                    dw.Data.Row(rows[i])[slots[i]] += TensorPrimitives.Dot<T>(from, output.Data.Row(i));
                }

                if (expert is not { } dy)
                {
                    continue;
                }

                var weight = Mixed.Data.Row(rows[i])[slots[i]];
                var to = dy.Data.Row(i);
                if (dy.Accumulate)
                {
                    TensorPrimitives.MultiplyAdd(from, weight, to, to);
                }
                else
                {
                    TensorPrimitives.Multiply(from, weight, to);
                }
            }
        }
    }

    internal void Forward()
    {
        Output.Data.Clear();
        foreach (var (rows, slots, output) in Experts)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                var to = Output.Data.Row(rows[i]);
                TensorPrimitives.MultiplyAdd(output.Data.Row(i), Mixed.Data.Row(rows[i])[slots[i]], to, to);
            }
        }
    }
}

/// <summary>Puts sums over experts on a tape.</summary>
internal static class ExpertMixExtensions
{
    /// <summary>(Batch, L, width) from weights (Batch, L, k) and what the experts gave.</summary>
    public static Value<T> ExpertMix<T>(this Tape<T> tape, Value<T> weights, IReadOnlyList<ExpertOutput<T>> experts, int width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var op = new ExpertMixOperator<T>(weights, experts, tape.NewValue(weights.Data.Batch, weights.Data.Length, width));
        op.Forward();
        return tape.Record(op);
    }
}
