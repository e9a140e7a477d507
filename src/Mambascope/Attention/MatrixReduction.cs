using System.Numerics;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>
/// One matrix a layer out of the matrices of all channels. Channels are reduced while they are computed: no (E, L, L) buffer exists.
/// </summary>
public static class MatrixReduction
{
    /// <summary>Reduces the matrices of all channels of one item.</summary>
    public static AttentionMatrix<T> Reduce<T>(Workers workers, LayerTrace<T> layer, int item, AttentionView view, ChannelReduction reduction, ScanDirections directions = ScanDirections.Both)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => ReducePlain(workers, layer, item, view, reduction, directions);

    /// <summary>
    /// C[i, j] = mean over channels of (g[i, e] T'[e, i, j] x[j, e])+: the gradient of the class score with respect to the gated
    /// output, times the contribution of input j to it, clamped in every channel. <paramref name="gradient"/> is dscore/dgated (Batch, L, E).
    /// </summary>
    public static AttentionMatrix<T> PositiveContribution<T>(Workers workers, LayerTrace<T> layer, Activation<T> gradient, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => PositiveContributionPlain(workers, layer, gradient, item);

    internal static AttentionMatrix<T> ReducePlain<T>(Workers workers, LayerTrace<T> layer, int item, AttentionView view, ChannelReduction reduction, ScanDirections directions)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var E = layer.X.Data.Width;
        var share = reduction is ChannelReduction.Mean or ChannelReduction.AbsoluteMean ? T.One / T.CreateTruncating(E) : T.One;
        return Accumulate(workers, layer, e => ChannelMatrix.Of(layer, item, e, view, directions), (total, value, isFirst) => reduction switch
        {
            ChannelReduction.Mean => total + (value * share),
            ChannelReduction.AbsoluteMean => total + (T.Abs(value) * share),
            ChannelReduction.Max => isFirst ? value : T.Max(total, value),
            ChannelReduction.Min => isFirst ? value : T.Min(total, value),
            _ => isFirst ? value : total * value,
        });
    }

    internal static AttentionMatrix<T> PositiveContributionPlain<T>(Workers workers, LayerTrace<T> layer, Activation<T> gradient, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var share = T.One / T.CreateTruncating(layer.X.Data.Width);
        return Accumulate(workers, layer, e =>
        {
            var block = ChannelMatrix.Of(layer, item, e, AttentionView.Block);
            for (var i = 0; i < block.Length; i++)
            {
                var g = gradient.Row(item, i)[e];
                var row = block.Row(i);
                for (var j = 0; j < row.Length; j++)
                {
                    row[j] *= g * layer.X.Data.Row(item, j)[e];
                }
            }

            return block;
        }, (total, value, _) => total + (T.Max(value, T.Zero) * share));
    }

    // Channels in rounds of fixed size, folded in order: the result does not depend on the number of threads.
    private static AttentionMatrix<T> Accumulate<T>(Workers workers, LayerTrace<T> layer, Func<int, AttentionMatrix<T>> matrix, Func<T, T, bool, T> fold)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int RoundSize = 16;
        var total = new AttentionMatrix<T>(layer.X.Data.Length);
        var E = layer.X.Data.Width;
        for (var first = 0; first < E; first += RoundSize)
        {
            var start = first;
            var round = new AttentionMatrix<T>[Math.Min(RoundSize, E - start)];
            workers.For(round.Length, i => round[i] = matrix(start + i));
            workers.For(total.Length, row =>
            {
                for (var i = 0; i < round.Length; i++)
                {
                    var from = round[i].Row(row);
                    var to = total.Row(row);
                    for (var j = 0; j < to.Length; j++)
                    {
                        to[j] = fold(to[j], from[j], start + i == 0);
                    }
                }
            });
        }

        return total;
    }
}
