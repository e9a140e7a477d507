using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;

namespace Mambascope.Attribution;

/// <summary>The positive or the negative parts of a linear layer's input and weight, and what they give together: Z = W± x±.</summary>
internal sealed class SignedPart<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Activation<T> x;
    private readonly Weight w;

    public SignedPart(LinearOperator<T> op, Replay<T> replay, int sign)
    {
        var input = op.X.Data;
        x = replay.Pool.Rent(input.Batch, input.Length, input.Width);
        for (var row = 0; row < input.Rows; row++)
        {
            var from = input.Row(row);
            var to = x.Row(row);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = sign > 0 ? T.Max(from[i], T.Zero) : T.Min(from[i], T.Zero);
            }
        }

        w = RelevanceArithmetic.Part(op.W, sign);
        replay.Cancellation.ThrowIfCancellationRequested(); // in double precision each product takes long
        Z = replay.Pool.Rent(input.Batch, input.Length, w.Rows);
        Linear.Forward(replay.Workers, x, w, bias: null, Z);
    }

    /// <summary>What relevance is divided by.</summary>
    public Activation<T> Z { get; }

    /// <summary>dx += x± ⊙ W±ᵀ sd(R, Z); gives the memory back.</summary>
    public void AddRelevance(LinearOperator<T> op, Replay<T> replay, Activation<T> R, Activation<T> dx)
    {
        var s = RelevanceArithmetic.Ratio(replay, R, Z);
        var back = replay.Pool.Rent(x.Batch, x.Length, op.W.Columns);
        replay.Cancellation.ThrowIfCancellationRequested();
        Linear.BackwardInput(replay.Workers, s, w, back, accumulate: false);
        for (var row = 0; row < x.Rows; row++)
        {
            var from = x.Row(row);
            var with = back.Row(row);
            var to = dx.Row(row);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] += from[i] * with[i];
            }
        }

        foreach (var memory in new[] { s, back, x, Z })
        {
            replay.Pool.Return(memory);
        }
    }
}
