using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>dw[e, k] += sum over items and steps t of dp[t, e] x[t - K + 1 + k, e] along a scan order.</summary>
internal readonly record struct ConvWeightKernel(Workers Workers, Activation<float> DP, Activation<float> X, ScanOrder Order, float[] DW)
    : IWidthKernel
{
    public void Run<TWidth, TVector>()
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var own = this;
        var E = DP.Width;
        var K = DW.Length / E;
        var zeros = new float[E];

        // Summed as (K, E), where channels lie side by side, and turned at the end.
        var transposed = new float[DW.Length];
        RowBlocks.Sum(Workers, DP.Rows, E, transposed, (first, last, sums, offset) =>
            own.Rows<TWidth, TVector>(first, last, sums, offset, zeros));
        for (var k = 0; k < K; k++)
        {
            for (var e = 0; e < E; e++)
            {
                DW[(e * K) + k] += transposed[(k * E) + e];
            }
        }
    }

    private unsafe void Rows<TWidth, TVector>(int first, int last, float[] sums, int offset, float[] none)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var (L, E) = (DP.Length, DP.Width);
        var tokens = Order.Tokens;
        var K = DW.Length / E;
        var sources = stackalloc float*[K + 3];
        var gradients = stackalloc float*[4];
        fixed (float* x = X.Buffer, dp = DP.Buffer, to = &sums[offset], zeros = none)
        {
            for (var row = first; row < last;)
            {
                var (item, t) = (row / L, row % L);
                var steps = K == 4 && row + 4 <= last && t + 4 <= L ? 4 : 1;
                for (var i = 0; i < steps + K - 1; i++)
                {
                    var s = t - K + 1 + i;
                    sources[i] = s >= 0 ? x + X.Offset + ((((nint)item * L) + tokens[s]) * X.RowStride) : zeros;
                }

                for (var i = 0; i < steps; i++)
                {
                    gradients[i] = dp + DP.Offset + ((((nint)item * L) + tokens[t + i]) * DP.RowStride);
                }

                if (steps == 4)
                {
                    FourSteps<TWidth, TVector>(gradients, sources, to, E);
                }
                else
                {
                    OneStep<TWidth, TVector>(gradients[0], sources, K, to, E);
                }

                row += steps;
            }
        }
    }

    // Four steps with four taps: eleven lines are loaded for sixteen multiply-adds.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void FourSteps<TWidth, TVector>(float** gradients, float** sources, float* sums, nint E)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        float* x0 = sources[0], x1 = sources[1], x2 = sources[2], x3 = sources[3], x4 = sources[4], x5 = sources[5], x6 = sources[6];
        float* g0 = gradients[0], g1 = gradients[1], g2 = gradients[2], g3 = gradients[3];
        nint e = 0;
        for (; e + TWidth.Lanes <= E; e += TWidth.Lanes)
        {
            TVector d0 = TWidth.Load(ref g0[e], 0),
                d1 = TWidth.Load(ref g1[e], 0),
                d2 = TWidth.Load(ref g2[e], 0),
                d3 = TWidth.Load(ref g3[e], 0);
            TVector a1 = TWidth.Load(ref x1[e], 0),
                a2 = TWidth.Load(ref x2[e], 0),
                a3 = TWidth.Load(ref x3[e], 0),
                a4 = TWidth.Load(ref x4[e], 0),
                a5 = TWidth.Load(ref x5[e], 0);
            Add(sums + e, d0, TWidth.Load(ref x0[e], 0), d1, a1, d2, a2, d3, a3);
            Add(sums + e + E, d0, a1, d1, a2, d2, a3, d3, a4);
            Add(sums + e + (2 * E), d0, a2, d1, a3, d2, a4, d3, a5);
            Add(sums + e + (3 * E), d0, a3, d1, a4, d2, a5, d3, TWidth.Load(ref x6[e], 0));
        }

        for (; e < E; e++)
        {
            for (var i = 0; i < 4; i++)
            {
                Scalar(gradients[i], sources + i, 4, sums, E, e);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Add(float* sum, TVector d0, TVector x0, TVector d1, TVector x1, TVector d2, TVector x2, TVector d3, TVector x3)
        {
            var s = TWidth.MultiplyAdd(d0, x0, TWidth.Load(ref *sum, 0));
            s = TWidth.MultiplyAdd(d1, x1, s);
            s = TWidth.MultiplyAdd(d2, x2, s);
            TWidth.Store(TWidth.MultiplyAdd(d3, x3, s), ref *sum, 0);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void OneStep<TWidth, TVector>(float* gradient, float** sources, int K, float* sums, nint E)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        nint e = 0;
        for (; e + TWidth.Lanes <= E; e += TWidth.Lanes)
        {
            var d = TWidth.Load(ref gradient[e], 0);
            for (var k = 0; k < K; k++)
            {
                var sum = sums + e + (k * E);
                TWidth.Store(TWidth.MultiplyAdd(d, TWidth.Load(ref sources[k][e], 0), TWidth.Load(ref *sum, 0)), ref *sum, 0);
            }
        }

        for (; e < E; e++)
        {
            Scalar(gradient, sources, K, sums, E, e);
        }
    }

    private static unsafe void Scalar(float* gradient, float** sources, int K, float* sums, nint E, nint e)
    {
        for (var k = 0; k < K; k++)
        {
            sums[e + (k * E)] += gradient[e] * sources[k][e];
        }
    }
}
