using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// to[(r, c), e] = bias[e] + sum over taps of taps[k, e] from[neighbour k, e], zeros outside the grid. Lanes are channels; what is left
/// over goes one by one. Tokens of a row are taken four at a time where the filter is 3 x 3: eighteen lines are read for them, not 36.
/// </summary>
/// <param name="Workers">Threads.</param>
/// <param name="From">Source (Batch, L, E).</param>
/// <param name="Taps">As <see cref="ConvKernel.Transpose"/> lays them out: K² lines of E factors and a line of zeros.</param>
/// <param name="Bias">E values or null.</param>
/// <param name="Grid">Rows and columns.</param>
/// <param name="To">Result (Batch, L, E).</param>
/// <param name="Accumulate">Whether to add to the result.</param>
internal readonly record struct GridConvKernel(
    Workers Workers, Activation<float> From, float[] Taps, float[]? Bias, GridShape Grid, Activation<float> To, bool Accumulate)
    : IWidthKernel
{
    private const int Together = 4;

    public void Run<TWidth, TVector>()
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var own = this;
        Workers.For(From.Batch * Grid.Rows, piece => own.Line<TWidth, TVector>(piece / own.Grid.Rows, piece % own.Grid.Rows));
    }

    private unsafe void Line<TWidth, TVector>(int item, int row)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var (E, W) = (From.Width, Grid.Columns);
        var area = (Taps.Length / E) - 1;
        var K = DepthwiseConv2d.Side(area);
        var span = K + Together - 1;
        var sources = stackalloc float*[K * span]; // [filter row][column]
        fixed (float* from = From.Buffer, taps = Taps, offsets = Bias, to = To.Buffer)
        {
            var zeros = taps + ((nint)area * E);
            var bias = offsets is null ? zeros : offsets;
            for (var column = 0; column < W;)
            {
                var steps = K == 3 && column + Together <= W ? Together : 1;
                for (var a = 0; a < K; a++)
                {
                    for (var b = 0; b < K + steps - 1; b++)
                    {
                        var token = Grid.Token(row + a - (K / 2), column + b - (K / 2));
                        sources[(a * span) + b] =
                            token < 0 ? zeros : from + From.Offset + ((((nint)item * From.Length) + token) * From.RowStride);
                    }
                }

                var target = to + To.Offset + ((((nint)item * To.Length) + (row * W) + column) * To.RowStride);
                if (steps == Together)
                {
                    FourTokens<TWidth, TVector>(sources, span, taps, bias, target, To.RowStride, E, Accumulate);
                }
                else
                {
                    OneToken<TWidth, TVector>(sources, span, taps, K, bias, target, E, Accumulate);
                }

                column += steps;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void FourTokens<TWidth, TVector>(
        float** sources, int span, float* taps, float* bias, float* target, nint stride, nint E, bool accumulate)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        nint e = 0;
        for (; e + TWidth.Lanes <= E; e += TWidth.Lanes)
        {
            var p0 = TWidth.Load(ref bias[e], 0);
            var (p1, p2, p3) = (p0, p0, p0);
            for (var a = 0; a < 3; a++)
            {
                var line = sources + (a * span);
                var tap = taps + (a * 3 * E) + e;
                TVector w0 = TWidth.Load(ref tap[0], 0), w1 = TWidth.Load(ref tap[E], 0), w2 = TWidth.Load(ref tap[2 * E], 0);
                var x = TWidth.Load(ref line[0][e], 0);
                p0 = TWidth.MultiplyAdd(w0, x, p0);
                x = TWidth.Load(ref line[1][e], 0);
                p0 = TWidth.MultiplyAdd(w1, x, p0);
                p1 = TWidth.MultiplyAdd(w0, x, p1);
                x = TWidth.Load(ref line[2][e], 0);
                p0 = TWidth.MultiplyAdd(w2, x, p0);
                p1 = TWidth.MultiplyAdd(w1, x, p1);
                p2 = TWidth.MultiplyAdd(w0, x, p2);
                x = TWidth.Load(ref line[3][e], 0);
                p1 = TWidth.MultiplyAdd(w2, x, p1);
                p2 = TWidth.MultiplyAdd(w1, x, p2);
                p3 = TWidth.MultiplyAdd(w0, x, p3);
                x = TWidth.Load(ref line[4][e], 0);
                p2 = TWidth.MultiplyAdd(w2, x, p2);
                p3 = TWidth.MultiplyAdd(w1, x, p3);
                p3 = TWidth.MultiplyAdd(w2, TWidth.Load(ref line[5][e], 0), p3);
            }

            Put<TWidth, TVector>(p0, target + e, accumulate);
            Put<TWidth, TVector>(p1, target + stride + e, accumulate);
            Put<TWidth, TVector>(p2, target + (2 * stride) + e, accumulate);
            Put<TWidth, TVector>(p3, target + (3 * stride) + e, accumulate);
        }

        for (; e < E; e++)
        {
            for (var i = 0; i < Together; i++)
            {
                var to = target + (i * stride) + e;
                *to = Scalar(sources + i, span, taps, 3, bias, E, e) + (accumulate ? *to : 0);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void OneToken<TWidth, TVector>(
        float** sources, int span, float* taps, int K, float* bias, float* target, nint E, bool accumulate)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        nint e = 0;
        for (; e + TWidth.Lanes <= E; e += TWidth.Lanes)
        {
            var p = TWidth.Load(ref bias[e], 0);
            for (var a = 0; a < K; a++)
            {
                for (var b = 0; b < K; b++)
                {
                    p = TWidth.MultiplyAdd(
                        TWidth.Load(ref taps[(((a * K) + b) * E) + e], 0), TWidth.Load(ref sources[(a * span) + b][e], 0), p);
                }
            }

            Put<TWidth, TVector>(p, target + e, accumulate);
        }

        for (; e < E; e++)
        {
            target[e] = Scalar(sources, span, taps, K, bias, E, e) + (accumulate ? target[e] : 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Put<TWidth, TVector>(TVector value, float* to, bool accumulate)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => TWidth.Store(accumulate ? TWidth.Add(value, TWidth.Load(ref *to, 0)) : value, ref *to, 0);

    private static unsafe float Scalar(float** sources, int span, float* taps, int K, float* bias, nint E, nint e)
    {
        var p = bias[e];
        for (var a = 0; a < K; a++)
        {
            for (var b = 0; b < K; b++)
            {
                p += taps[(((a * K) + b) * E) + e] * sources[(a * span) + b][e];
            }
        }

        return p;
    }
}
