using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>dw[e, k] += sum over items and tokens of dp[t, e] x[neighbour k of t, e]. Lanes are channels.</summary>
internal readonly record struct GridConvWeightKernel(Workers Workers, Activation<float> DP, Activation<float> X, GridShape Grid, float[] DW)
    : IWidthKernel
{
    public void Run<TWidth, TVector>()
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var own = this;
        var E = DP.Width;
        var area = DW.Length / E;

        // Summed as (K², E), where channels lie side by side, and turned at the end.
        var transposed = new float[DW.Length];
        RowBlocks.Sum(Workers, DP.Rows, E, transposed, (first, last, sums, offset) =>
        {
            for (var row = first; row < last; row++)
            {
                own.Token<TWidth, TVector>(row, sums, offset);
            }
        });
        for (var k = 0; k < area; k++)
        {
            for (var e = 0; e < E; e++)
            {
                DW[(e * area) + k] += transposed[(k * E) + e];
            }
        }
    }

    private unsafe void Token<TWidth, TVector>(int row, float[] sums, int offset)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var E = DP.Width;
        var area = DW.Length / E;
        var K = DepthwiseConv2d.Side(area);
        var (item, token) = (row / DP.Length, row % DP.Length);
        fixed (float* x = X.Buffer, dp = DP.Buffer, to = &sums[offset])
        {
            for (var k = 0; k < area; k++)
            {
                var met = Grid.Token((token / Grid.Columns) + (k / K) - (K / 2), (token % Grid.Columns) + (k % K) - (K / 2));
                if (met >= 0)
                {
                    AddProduct<TWidth, TVector>(
                        dp + DP.Offset + ((nint)row * DP.RowStride),
                        x + X.Offset + ((((nint)item * X.Length) + met) * X.RowStride),
                        to + ((nint)k * E),
                        E);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void AddProduct<TWidth, TVector>(float* gradient, float* source, float* sums, nint E)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        nint e = 0;
        for (; e + TWidth.Lanes <= E; e += TWidth.Lanes)
        {
            var sum = TWidth.MultiplyAdd(TWidth.Load(ref gradient[e], 0), TWidth.Load(ref source[e], 0), TWidth.Load(ref sums[e], 0));
            TWidth.Store(sum, ref sums[e], 0);
        }

        for (; e < E; e++)
        {
            sums[e] += gradient[e] * source[e];
        }
    }
}
