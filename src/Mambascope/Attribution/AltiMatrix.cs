using System.Numerics;
using Mambascope.Attention;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// All rows of a layer's ALTI matrix: C[i, j] the nearness of token j's share to token i's new state, the residual stream's on the
/// diagonal, rows of sum one. Every row is a product of its own, so that the whole takes L times what <see cref="AltiRows"/> takes.
/// </summary>
internal static class AltiMatrix
{
    /// <summary>The most tokens: beyond it a map takes hours.</summary>
    public const int MostTokens = 1024;

    /// <summary>Refuses an input of too many tokens.</summary>
    /// <exception cref="BadInputException">There are too many.</exception>
    public static void Check<T>(MethodRun<T> run, string method)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (run.Trace.Length > MostTokens)
        {
            throw new BadInputException(
                $"{method} needs a row of every layer for every token, and there are {run.Trace.Length} of at most {MostTokens}; alti-rows "
                    + "needs one row a layer");
        }
    }

    /// <summary>The matrix of each item.</summary>
    /// <param name="run">The run.</param>
    /// <param name="layer">The layer; it must have a mixer.</param>
    /// <param name="visit">Given, for every output token, its shares (Batch, L, d); null where nobody else wants them.</param>
    public static IReadOnlyList<AttentionMatrix<T>> Of<T>(
        MethodRun<T> run, LayerTrace<T> layer, Action<int, Activation<T>>? visit = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (batch, length) = (run.Decision.Batch, layer.Layout.Length);
        AttentionMatrix<T>[] matrices = [.. Enumerable.Range(0, batch).Select(_ => new AttentionMatrix<T>(length))];
        for (var i = 0; i < length; i++)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            var v = Activation<T>.Zeros(batch, length, 1);
            for (var item = 0; item < batch; item++)
            {
                v.Row(item, i)[0] = T.One;
            }

            var (stream, state) = AltiShares.States(layer, v);
            var shares = AltiShares.Of(run.Trace.Tape, layer, v);
            visit?.Invoke(i, shares);
            for (var item = 0; item < batch; item++)
            {
                var near = AltiShares.Nearness<T>(state.Row(item), shares.Item(item));
                near[i] += AltiShares.Nearness<T>(state.Row(item), stream.Row(item));
                var sum = near.Sum();
                var row = matrices[item].Row(i);
                for (var j = 0; j < row.Length && sum > 0; j++)
                {
                    row[j] = T.CreateTruncating(near[j] / sum);
                }
            }
        }

        return matrices;
    }
}
