using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>One row per item: token <see cref="Token"/>, or the mean of all tokens when it is -1.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class PoolTokensOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal PoolTokensOperator(Value<T> x, int token, Value<T> output)
    {
        X = x;
        Token = token;
        Output = output;
    }

    /// <summary>Tokens (Batch, L, Width).</summary>
    public Value<T> X { get; }

    /// <summary>The token that is read, or -1 for the mean.</summary>
    public int Token { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.Target(X) is not { } dx)
        {
            return;
        }

        if (!dx.Accumulate)
        {
            dx.Data.Clear();
        }

        var (first, end, share) = Range();
        for (var item = 0; item < dOutput.Batch; item++)
        {
            var g = dOutput.Row(item);
            for (var t = first; t < end; t++)
            {
                var row = dx.Data.Row(item, t);
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] += g[i] * share;
                }
            }
        }
    }

    internal void Forward()
    {
        Output.Data.Clear();
        var (first, end, share) = Range();
        for (var item = 0; item < X.Data.Batch; item++)
        {
            var pooled = Output.Data.Row(item);
            for (var t = first; t < end; t++)
            {
                var row = X.Data.Row(item, t);
                for (var i = 0; i < row.Length; i++)
                {
                    pooled[i] += row[i] * share;
                }
            }
        }
    }

    private (int First, int End, T Share) Range()
        => Token >= 0 ? (Token, Token + 1, T.One) : (0, X.Data.Length, T.One / T.CreateTruncating(X.Data.Length));
}

/// <summary>Puts token pooling on a tape.</summary>
internal static class PoolTokensExtensions
{
    /// <summary>(Batch, 1, Width): the given token of each item, or the mean of all tokens for -1.</summary>
    public static Value<T> PoolTokens<T>(this Tape<T> tape, Value<T> x, int token)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var op = new PoolTokensOperator<T>(x, token, tape.NewValue(x.Data.Batch, 1, x.Data.Width));
        op.Forward();
        return tape.Record(op);
    }
}
