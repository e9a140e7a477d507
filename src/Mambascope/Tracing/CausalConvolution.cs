using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Numerics;

namespace Mambascope.Tracing;

/// <summary>
/// u = silu(p), p the depthwise convolution of x along the scan's order: M = diag(sigma(p)) (taps as a banded matrix), c = sigma(p) bias.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Taps">Taps (E, 1, K); the last multiplies the current token.</param>
/// <param name="Bias">Bias (E), if any.</param>
/// <param name="P">Convolution output before SiLU (Batch, L, E).</param>
public sealed record CausalConvolution<T>(Weight Taps, Weight? Bias, Value<T> P) : BeforeScan<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public override int CarriedSize => (Taps.Columns - 1) * P.Data.Width;

    /// <inheritdoc/>
    public override void Transpose(
        Workers workers, BufferPool<T> pool, ScanOrder order, Activation<T> v, Activation<T> w, bool accumulate, T[]? carried = null)
    {
        Silu.BackwardHeldSigmoid(workers, P.Data, v, v, accumulate: false);
        if (carried is null)
        {
            CausalConv1d.BackwardInput(workers, v, Taps, order, w, accumulate);
        }
        else
        {
            ConvPiece.BackwardInput(workers, pool, v, Taps, carried, w, accumulate);
        }
    }

    /// <inheritdoc/>
    public override void TransposeRows(ScanOrder order, int item, int channel, Span<T> matrix)
    {
        var (L, K, steps) = (order.Length, Taps.Columns, order.Steps());
        var tokens = order.Tokens;
        var (open, from) = (new T[L], new T[L]);
        for (var j = 0; j < L; j++)
        {
            open[j] = T.One / (T.One + T.Exp(-P.Data.Row(item, j)[channel]));
        }

        for (var i = 0; i < L; i++)
        {
            var to = matrix.Slice(i * L, L);
            for (var j = 0; j < L; j++)
            {
                from[j] = to[j] * open[j];
            }

            to.Clear();
            for (var t = 0; t <= steps[i]; t++)
            {
                // Input at step t reaches scan steps t .. t+K-1 through taps K-1 .. 0.
                for (var s = 0; s < K && t + s <= steps[i]; s++)
                {
                    to[tokens[t]] += from[tokens[t + s]] * T.CreateTruncating(Taps.Values<float>()[(channel * K) + K - 1 - s]);
                }
            }
        }
    }

    /// <inheritdoc/>
    public override void AddConstant(int item, int token, ReadOnlySpan<double> weights, Span<double> sums)
    {
        if (Bias is null)
        {
            return;
        }

        var p = P.Data.Row(item, token);
        var bias = Bias.Values<float>();
        for (var e = 0; e < sums.Length; e++)
        {
            sums[e] += weights[e] == 0 ? 0 : bias[e] * weights[e] / (1 + Math.Exp(-InDouble.Of(p[e])));
        }
    }
}
