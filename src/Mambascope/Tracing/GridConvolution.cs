using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Numerics;

namespace Mambascope.Tracing;

/// <summary>
/// u = silu(p), p the depthwise convolution of x over a grid of tokens: M = diag(sigma(p)) (taps as a sparse matrix), c = sigma(p) bias.
/// The order of the scans has no part in it.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Taps">Taps (E, 1, K, K).</param>
/// <param name="Bias">Bias (E), if any.</param>
/// <param name="P">Convolution output before SiLU (Batch, L, E).</param>
/// <param name="Grid">Where the tokens lie.</param>
public sealed record GridConvolution<T>(Weight Taps, Weight? Bias, Value<T> P, TokenGrid Grid) : BeforeScan<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private GridShape Shape => new(Grid.Rows, Grid.Columns);

    /// <summary>Nothing: a picture is not read in pieces.</summary>
    public override int CarriedSize => 0;

    /// <inheritdoc/>
    public override void Transpose(
        Workers workers, BufferPool<T> pool, ScanOrder order, Activation<T> v, Activation<T> w, bool accumulate, T[]? carried = null)
    {
        Silu.BackwardHeldSigmoid(workers, P.Data, v, v, accumulate: false);
        DepthwiseConv2d.BackwardInput(workers, v, Taps, Shape, w, accumulate);
    }

    /// <inheritdoc/>
    public override void TransposeRows(ScanOrder order, int item, int channel, Span<T> matrix)
    {
        var (L, K) = (P.Data.Length, DepthwiseConv2d.Side(Taps.Columns));
        var taps = Array.ConvertAll(Taps.Values<float>()[(channel * K * K)..((channel + 1) * K * K)], T.CreateTruncating);
        var (open, from) = (new T[L], new T[L]);
        for (var j = 0; j < L; j++)
        {
            open[j] = T.One / (T.One + T.Exp(-P.Data.Row(item, j)[channel]));
        }

        for (var i = 0; i < matrix.Length / L; i++)
        {
            var to = matrix.Slice(i * L, L);
            for (var j = 0; j < L; j++)
            {
                from[j] = to[j] * open[j];
            }

            to.Clear();
            for (var j = 0; j < L; j++)
            {
                for (var k = 0; k < taps.Length; k++)
                {
                    var met = Shape.Token((j / Grid.Columns) + (k / K) - (K / 2), (j % Grid.Columns) + (k % K) - (K / 2));
                    if (met >= 0)
                    {
                        to[met] += from[j] * taps[k];
                    }
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
            sums[e] += bias[e] * weights[e] / (1 + Math.Exp(-double.CreateTruncating(p[e])));
        }
    }
}
