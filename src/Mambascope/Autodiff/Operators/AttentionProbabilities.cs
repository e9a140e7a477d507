using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>
/// Softmax attention of every head: A[h] = softmax over rows of (scale q[h] k[h]ᵀ); see <see cref="HeadProducts"/> for the layout.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class AttentionProbabilitiesOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal AttentionProbabilitiesOperator(Value<T> q, Value<T> k, int heads, bool isCausal, double scale, Value<T> output)
    {
        Q = q;
        K = k;
        Heads = heads;
        IsCausal = isCausal;
        Scale = scale;
        Output = output;
    }

    /// <summary>Queries (Batch, L, H dh).</summary>
    public Value<T> Q { get; }

    /// <summary>Keys (Batch, L, H dh).</summary>
    public Value<T> K { get; }

    /// <summary>Number of heads, H.</summary>
    public int Heads { get; }

    /// <summary>Whether a token sees itself and earlier tokens only.</summary>
    public bool IsCausal { get; }

    /// <summary>Factor of the scores, mostly 1 / sqrt(dh).</summary>
    public double Scale { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [Q, K];

    /// <summary>A (Batch, H L, L).</summary>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput) => Backward(replay, dOutput, share: 1);

    /// <summary>The gradient times <paramref name="share"/>: rules that split relevance between q and k give 1/2.</summary>
    public void Backward(Replay<T> replay, Activation<T> dOutput, float share)
    {
        var (dq, dk) = (replay.Target(Q), replay.Target(K));
        if (dq is null && dk is null)
        {
            return;
        }

        var scores = replay.Pool.Rent(dOutput.Batch, dOutput.Length, dOutput.Width);
        Softmax.Backward(replay.Workers, Output.Data, dOutput, share * Scale, scores);
        if (dq is { } toQ)
        {
            HeadProducts.Mix(replay.Workers, scores, K.Data, Heads, toQ.Data, toQ.Accumulate);
        }

        if (dk is { } toK)
        {
            HeadProducts.MixTransposed(replay.Workers, scores, Q.Data, Heads, toK.Data, toK.Accumulate);
        }

        replay.Pool.Return(scores);
    }
}

/// <summary>Puts softmax attention on a tape.</summary>
internal static class AttentionProbabilitiesExtensions
{
    /// <summary>A (Batch, H L, L) from queries and keys (Batch, L, H dh).</summary>
    public static Value<T> AttentionProbabilities<T>(this Tape<T> tape, Value<T> q, Value<T> k, int heads, bool isCausal, double scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var a = tape.NewValue(q.Data.Batch, heads * q.Data.Length, q.Data.Length);
        var op = new AttentionProbabilitiesOperator<T>(q, k, heads, isCausal, scale, a);
        HeadProducts.Scores(tape.Workers, q.Data, k.Data, heads, a.Data, accumulate: false);
        Softmax.Forward(tape.Workers, a.Data, op.Scale, isCausal);
        return tape.Record(op);
    }
}
