using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>What attention brings to each token: y[h] = A[h] v[h] for every head; see <see cref="HeadProducts"/> for the layout.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class AttentionMixOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal AttentionMixOperator(Value<T> a, Value<T> v, int heads, Value<T> output)
    {
        A = a;
        V = v;
        Heads = heads;
        Output = output;
    }

    /// <summary>Attention (Batch, H L, L).</summary>
    public Value<T> A { get; }

    /// <summary>Values (Batch, L, H dh).</summary>
    public Value<T> V { get; }

    /// <summary>Number of heads, H.</summary>
    public int Heads { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [A, V];

    /// <summary>(Batch, L, H dh).</summary>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput) => Backward(replay, dOutput, share: 1);

    /// <summary>The gradient times <paramref name="share"/>: rules that split relevance between A and v give 1/2.</summary>
    public void Backward(Replay<T> replay, Activation<T> dOutput, float share)
    {
        var shared = dOutput;
        if (share != 1)
        {
            shared = replay.Pool.Rent(dOutput.Batch, dOutput.Length, dOutput.Width);
            shared.CopyFrom(dOutput);
            foreach (ref var value in shared.Extent)
            {
                value *= T.CreateTruncating(share);
            }
        }

        if (replay.Target(A) is { } da)
        {
            HeadProducts.Scores(replay.Workers, shared, V.Data, Heads, da.Data, da.Accumulate);
        }

        if (replay.Target(V) is { } dv)
        {
            HeadProducts.MixTransposed(replay.Workers, A.Data, shared, Heads, dv.Data, dv.Accumulate);
        }

        if (share != 1)
        {
            replay.Pool.Return(shared);
        }
    }
}

/// <summary>Puts the mixing of values by attention on a tape.</summary>
internal static class AttentionMixExtensions
{
    /// <summary>A v, (Batch, L, H dh).</summary>
    public static Value<T> AttentionMix<T>(this Tape<T> tape, Value<T> a, Value<T> v, int heads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var y = tape.NewValue(v.Data.Batch, v.Data.Length, v.Data.Width);
        HeadProducts.Mix(tape.Workers, a.Data, v.Data, heads, y.Data, accumulate: false);
        return tape.Record(new AttentionMixOperator<T>(a, v, heads, y));
    }
}
