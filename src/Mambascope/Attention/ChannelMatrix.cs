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
    public static AttentionMatrix<T> S6<T>(DirectionTrace<T> direction, int item, int channel)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var scan = direction.ScanInputs;
        var (N, L) = (direction.StateSize, scan.U.Length);
        // Channels of a head share step size and decay (Mamba-2), heads of a group share B and C.
        var (step, first) = (channel * scan.Delta.Width / scan.U.Width, channel * scan.Groups / scan.U.Width * N);
        var A = new T[N];
        for (var n = 0; n < N; n++)
        {
            A[n] = -T.Exp(T.CreateTruncating(scan.ALog.Values<float>()[scan.IsPerHead ? step : (channel * N) + n]));
        }

        // W[t, n] = exp(A (S_now - S_t)) Delta_t B_t: what input step t has left in the state. It only ever shrinks, so nothing overflows.
        var alpha = new AttentionMatrix<T>(L);
        var W = new T[L * N];
        var tokens = scan.Order.Tokens;
        for (var now = 0; now < L; now++)
        {
            var (delta, b, c) = (scan.Delta.Row(item, tokens[now])[step], scan.B.Row(item, tokens[now]).Slice(first, N).ToArray(), scan.C.Row(item, tokens[now]).Slice(first, N).ToArray());
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
    /// T' = scale diag(silu z) (alpha + D I) diag(sigma(p)) M for one direction, M the convolution as a banded matrix:
    /// with <see cref="BlockBias{T}"/>, the part of the gated output that this direction contributes is T' x + b'. A norm behind the gate
    /// (Mamba-2) is part of the factor of each row.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="direction">One of its directions.</param>
    /// <param name="item">Item of the batch.</param>
    /// <param name="channel">Channel, from 0.</param>
    /// <param name="isGated">Whether the gate and its norm are part of the matrix; without them it ends at y + D u.</param>
    public static AttentionMatrix<T> Block<T>(MambaLayerTrace<T> layer, DirectionTrace<T> direction, int item, int channel, bool isGated = true)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (sources, gate) = Gating(layer, direction, item, channel);
        var K = direction.Conv.Columns;
        var tokens = direction.Order.Tokens;
        var steps = direction.Order.Steps();
        var block = new AttentionMatrix<T>(sources.Length);
        for (var i = 0; i < sources.Length; i++)
        {
            var from = sources.Row(i);
            var to = block.Row(i);
            for (var t = 0; t <= steps[i]; t++)
            {
                // Input at step t reaches scan steps t .. t+K-1 through taps K-1 .. 0.
                for (var s = 0; s < K && t + s <= steps[i]; s++)
                {
                    to[tokens[t]] += from[tokens[t + s]] * T.CreateTruncating(direction.Conv.Values<float>()[(channel * K) + K - 1 - s]);
                }
            }

            for (var j = 0; j < to.Length; j++)
            {
                to[j] *= isGated ? gate[i] : T.One;
            }
        }

        return block;
    }

    /// <summary>b'[i] = scale silu(z_i) sum over j of (alpha + D I)[i, j] sigma(p_j) bias.</summary>
    public static T[] BlockBias<T>(MambaLayerTrace<T> layer, DirectionTrace<T> direction, int item, int channel)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (sources, gate) = Gating(layer, direction, item, channel);
        var convBias = direction.ConvBias is null ? T.Zero : T.CreateTruncating(direction.ConvBias.Values<float>()[channel]);
        var bias = new T[sources.Length];
        for (var i = 0; i < bias.Length; i++)
        {
            foreach (var value in sources.Row(i))
            {
                bias[i] += value * convBias * gate[i];
            }
        }

        return bias;
    }

    /// <summary>
    /// Matrix of one channel in either view, over the chosen directions. In the S6 view the directions are summed; in the block view
    /// each carries the factor of the mixer (1/2 in Vision Mamba), so that T' x + b' is the gated output.
    /// </summary>
    public static AttentionMatrix<T> Of<T>(MambaLayerTrace<T> layer, int item, int channel, AttentionView view, ScanDirections directions = ScanDirections.Both)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var total = new AttentionMatrix<T>(layer.X.Data.Length);
        foreach (var direction in layer.Select(directions))
        {
            var part = view == AttentionView.S6 ? S6(direction, item, channel) : Block(layer, direction, item, channel, isGated: view == AttentionView.Block);
            for (var i = 0; i < part.Values.Length; i++)
            {
                total.Values[i] += part.Values[i];
            }
        }

        return total;
    }

    // (alpha + D I) diag(sigma(p)), and scale silu(z).
    private static (AttentionMatrix<T> Sources, T[] Gate) Gating<T>(MambaLayerTrace<T> layer, DirectionTrace<T> direction, int item, int channel)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sources = S6(direction, item, channel);
        var gate = new T[sources.Length];
        for (var i = 0; i < sources.Length; i++)
        {
            gate[i] = MixerGate.Factor(layer, item, i, channel);
            sources[i, i] += T.CreateTruncating(direction.D.Values<float>()[channel]);
        }

        for (var j = 0; j < sources.Length; j++)
        {
            var sigma = Sigmoid(direction.P.Data.Row(item, j)[channel]);
            for (var i = 0; i < sources.Length; i++)
            {
                sources[i, j] *= sigma;
            }
        }

        return (sources, gate);
    }

    private static T Sigmoid<T>(T x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => T.One / (T.One + T.Exp(-x));
}
