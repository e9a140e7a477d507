using System.Numerics;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>
/// The hidden attention matrix of one channel, entry by entry:
/// alpha[i, j] = sum over n of C_i[n] exp(A[n] (S_i - S_j)) Delta_j B_j[n] for j not after i in scan time, else 0,
/// with S the running sum of Delta along the scan (Ali, Zimerman and Wolf, equations 12 to 16). In Mamba-2 the channels of a head share it.
/// </summary>
public static class ChannelMatrix
{
    /// <summary>alpha of channel <paramref name="channel"/> for one scan direction.</summary>
    public static AttentionMatrix<T> S6<T>(ScanTrace<T> scan, int item, int channel)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var inputs = scan.ScanInputs;
        var (N, L) = (scan.StateSize, inputs.U.Length);
        // Channels of a head share step size and decay (Mamba-2), heads of a group share B and C.
        var (step, first) = (channel * inputs.Delta.Width / inputs.U.Width, channel * inputs.Groups / inputs.U.Width * N);
        var A = new T[N];
        for (var n = 0; n < N; n++)
        {
            A[n] = -T.Exp(T.CreateTruncating(inputs.ALog.Values<float>()[inputs.IsPerHead ? step : (channel * N) + n]));
        }

        // W[t, n] = exp(A (S_now - S_t)) Delta_t B_t: what input step t has left in the state. It only ever shrinks, so nothing overflows.
        var alpha = new AttentionMatrix<T>(L);
        var W = new T[L * N];
        var tokens = inputs.Order.Tokens;
        for (var now = 0; now < L; now++)
        {
            var (delta, b, c) = (
                inputs.Delta.Row(item, tokens[now])[step],
                inputs.B.Row(item, tokens[now]).Slice(first, N).ToArray(),
                inputs.C.Row(item, tokens[now]).Slice(first, N).ToArray());
            var row = alpha.Row(tokens[now]);
            for (var n = 0; n < N; n++)
            {
                var decay = T.Exp(A[n] * delta);
                for (var t = 0; t < now; t++)
                {
                    W[(t * N) + n] *= decay;
                }

                W[(now * N) + n] = delta * b[n];
                for (var t = 0; t <= now; t++)
                {
                    row[tokens[t]] += c[n] * W[(t * N) + n];
                }
            }
        }

        return alpha;
    }

    /// <summary>
    /// T' = diag(after) (alpha + D I) M for one scan, M what stands before the scan (diag(sigma(p)) and the convolution as a banded
    /// matrix), after what stands behind it (scale silu(z), and the factors of a norm): the part of the gated output that this scan
    /// contributes is T' x and a constant.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="scan">One of its scans.</param>
    /// <param name="item">Item of the batch.</param>
    /// <param name="channel">Channel, from 0.</param>
    /// <param name="isGated">Whether the gate and its norm are part of the matrix; without them it ends at y + D u.</param>
    public static AttentionMatrix<T> Block<T>(ScanMixerTrace<T> layer, ScanTrace<T> scan, int item, int channel, bool isGated = true)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var block = Sources(scan, item, channel);
        scan.Before?.TransposeRows(scan.Order, item, channel, block.Values);
        for (var i = 0; isGated && i < block.Length; i++)
        {
            var gate = MixerGate.Factor(layer.After, item, i, channel);
            foreach (ref var value in block.Row(i))
            {
                value *= gate;
            }
        }

        return block;
    }

    /// <summary>
    /// Matrix of one channel in either view, over the chosen directions. In the S6 view the directions are summed; in the block view
    /// each carries the factor of the mixer (1/2 in Vision Mamba), so that T' x + b' is the gated output.
    /// </summary>
    public static AttentionMatrix<T> Of<T>(
        ScanMixerTrace<T> layer, int item, int channel, AttentionView view, ScanDirections directions = ScanDirections.Both)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var total = new AttentionMatrix<T>(layer.X.Data.Length);
        foreach (var scan in layer.Select(directions))
        {
            var part =
                view == AttentionView.S6
                    ? S6(scan, item, channel)
                    : Block(layer, scan, item, channel, isGated: view == AttentionView.Block);
            for (var i = 0; i < part.Values.Length; i++)
            {
                total.Values[i] += part.Values[i];
            }
        }

        return total;
    }

    /// <summary>alpha + D I: what the scan's output and skip take from its input u.</summary>
    internal static AttentionMatrix<T> Sources<T>(ScanTrace<T> scan, int item, int channel)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sources = S6(scan, item, channel);
        for (var i = 0; i < sources.Length; i++)
        {
            sources[i, i] += T.CreateTruncating(scan.D.Values<float>()[channel]);
        }

        return sources;
    }
}
