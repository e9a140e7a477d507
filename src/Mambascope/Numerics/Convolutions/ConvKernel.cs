using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// to[t, e] = bias[e] + sum over k of taps[k, e] from[t + Shift + k, e] along a scan order, values outside the sequence being zero.
/// With Shift = 1 - K this is the causal convolution; with Shift = 0 and the taps in reverse order it is its adjoint.
/// </summary>
/// <param name="Workers">Threads.</param>
/// <param name="From">Source (Batch, L, E).</param>
/// <param name="Taps">
/// K lines of E factors and then a line of E zeros, which stands for every step outside the sequence and for no bias.
/// </param>
/// <param name="Bias">E values or null.</param>
/// <param name="Order">Tokens of the steps.</param>
/// <param name="Shift">First step of a window, counted from the step computed.</param>
/// <param name="To">Result (Batch, L, E).</param>
/// <param name="Accumulate">Whether to add to the result.</param>
/// <param name="Activated">Where silu of the result goes as well, if anywhere.</param>
internal readonly record struct ConvKernel(
    Workers Workers,
    Activation<float> From,
    float[] Taps,
    float[]? Bias,
    ScanOrder Order,
    int Shift,
    Activation<float> To,
    bool Accumulate,
    Activation<float>? Activated = null) : IWidthKernel
{
    // Steps of a piece: a few dozen kilobytes of each operand at the usual widths.
    private const int BlockSteps = 32;

    /// <summary>
    /// Factors in the layout of <see cref="Taps"/> from w (E, K): tap k of the result is tap k of w, or K-1-k if
    /// <paramref name="reverse"/>.
    /// </summary>
    public static float[] Transpose(float[] w, int channels, bool reverse)
    {
        var K = w.Length / channels;
        var taps = new float[(K + 1) * channels];
        for (var k = 0; k < K; k++)
        {
            var line = taps.AsSpan(k * channels, channels);
            var tap = reverse ? K - 1 - k : k;
            for (var e = 0; e < channels; e++)
            {
                line[e] = w[(e * K) + tap];
            }
        }

        return taps;
    }

    public void Run<TWidth, TVector>()
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var own = this;
        var (L, blocks) = (From.Length, (From.Length + BlockSteps - 1) / BlockSteps);
        Workers.For(From.Batch * blocks, piece =>
        {
            var (item, first) = (piece / blocks, piece % blocks * BlockSteps);
            own.Steps<TWidth, TVector>(item, first, Math.Min(L, first + BlockSteps));
        });
    }

    private unsafe void Steps<TWidth, TVector>(int item, int first, int last)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var (L, E) = (From.Length, From.Width);
        var tokens = Order.Tokens;
        var K = (Taps.Length / E) - 1;
        var sources = stackalloc float*[K + 3];
        var targets = stackalloc float*[4];
        var activated = Activated ?? To;
        fixed (float* from = From.Buffer, taps = Taps, offsets = Bias, to = To.Buffer, u = activated.Buffer)
        {
            var zeros = taps + ((nint)K * E);
            var bias = offsets is null ? zeros : offsets;
            for (var t = first; t < last;)
            {
                var steps = K == 4 && t + 4 <= last ? 4 : 1;
                for (var i = 0; i < steps + K - 1; i++)
                {
                    var s = t + Shift + i;
                    sources[i] = (uint)s < (uint)L ? from + From.Offset + ((((nint)item * L) + tokens[s]) * From.RowStride) : zeros;
                }

                for (var i = 0; i < steps; i++)
                {
                    targets[i] = to + To.Offset + ((((nint)item * L) + tokens[t + i]) * To.RowStride);
                }

                if (steps == 4)
                {
                    FourSteps<TWidth, TVector>(sources, taps, bias, targets, E, Accumulate);
                }
                else
                {
                    OneStep<TWidth, TVector>(sources, taps, K, bias, targets[0], E, Accumulate);
                }

                // While the lines are in the first-level cache.
                for (var i = 0; i < steps && Activated is not null; i++)
                {
                    var token = ((nint)item * L) + tokens[t + i];
                    Activate<TWidth, TVector>(targets[i], u + activated.Offset + (token * activated.RowStride), E);
                }

                t += steps;
            }
        }
    }

    // Four steps with four taps: seven source lines and four taps are loaded once for sixteen multiply-adds.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void FourSteps<TWidth, TVector>(
        float** sources, float* taps, float* bias, float** targets, int E, bool accumulate)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        float* x0 = sources[0], x1 = sources[1], x2 = sources[2], x3 = sources[3], x4 = sources[4], x5 = sources[5], x6 = sources[6];
        float* y0 = targets[0], y1 = targets[1], y2 = targets[2], y3 = targets[3];
        nint e = 0;
        for (; e + TWidth.Lanes <= E; e += TWidth.Lanes)
        {
            TVector w0 = TWidth.Load(ref taps[e], 0),
                w1 = TWidth.Load(ref taps[e + E], 0),
                w2 = TWidth.Load(ref taps[e + (2 * E)], 0),
                w3 = TWidth.Load(ref taps[e + (3 * E)], 0);
            var b = TWidth.Load(ref bias[e], 0);
            var a3 = TWidth.Load(ref x3[e], 0);
            TVector p0 = TWidth.MultiplyAdd(w3, a3, b),
                p1 = TWidth.MultiplyAdd(w2, a3, b),
                p2 = TWidth.MultiplyAdd(w1, a3, b),
                p3 = TWidth.MultiplyAdd(w0, a3, b);
            p0 = TWidth.MultiplyAdd(w0, TWidth.Load(ref x0[e], 0), p0);
            var a = TWidth.Load(ref x1[e], 0);
            p0 = TWidth.MultiplyAdd(w1, a, p0);
            p1 = TWidth.MultiplyAdd(w0, a, p1);
            a = TWidth.Load(ref x2[e], 0);
            p0 = TWidth.MultiplyAdd(w2, a, p0);
            p1 = TWidth.MultiplyAdd(w1, a, p1);
            p2 = TWidth.MultiplyAdd(w0, a, p2);
            a = TWidth.Load(ref x4[e], 0);
            p1 = TWidth.MultiplyAdd(w3, a, p1);
            p2 = TWidth.MultiplyAdd(w2, a, p2);
            p3 = TWidth.MultiplyAdd(w1, a, p3);
            a = TWidth.Load(ref x5[e], 0);
            p2 = TWidth.MultiplyAdd(w3, a, p2);
            p3 = TWidth.MultiplyAdd(w2, a, p3);
            p3 = TWidth.MultiplyAdd(w3, TWidth.Load(ref x6[e], 0), p3);
            if (accumulate)
            {
                p0 = TWidth.Add(p0, TWidth.Load(ref y0[e], 0));
                p1 = TWidth.Add(p1, TWidth.Load(ref y1[e], 0));
                p2 = TWidth.Add(p2, TWidth.Load(ref y2[e], 0));
                p3 = TWidth.Add(p3, TWidth.Load(ref y3[e], 0));
            }

            TWidth.Store(p0, ref y0[e], 0);
            TWidth.Store(p1, ref y1[e], 0);
            TWidth.Store(p2, ref y2[e], 0);
            TWidth.Store(p3, ref y3[e], 0);
        }

        for (; e < E; e++)
        {
            for (var i = 0; i < 4; i++)
            {
                targets[i][e] = Scalar(sources + i, taps, 4, bias, E, e) + (accumulate ? targets[i][e] : 0);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void OneStep<TWidth, TVector>(float** sources, float* taps, int K, float* bias, float* y, int E, bool accumulate)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        nint e = 0;
        for (; e + TWidth.Lanes <= E; e += TWidth.Lanes)
        {
            var p = TWidth.Load(ref bias[e], 0);
            for (var k = 0; k < K; k++)
            {
                p = TWidth.MultiplyAdd(TWidth.Load(ref taps[e + ((nint)k * E)], 0), TWidth.Load(ref sources[k][e], 0), p);
            }

            TWidth.Store(accumulate ? TWidth.Add(p, TWidth.Load(ref y[e], 0)) : p, ref y[e], 0);
        }

        for (; e < E; e++)
        {
            y[e] = Scalar(sources, taps, K, bias, E, e) + (accumulate ? y[e] : 0);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Activate<TWidth, TVector>(float* p, float* u, int E)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        nint e = 0;
        for (; e + TWidth.Lanes <= E; e += TWidth.Lanes)
        {
            TWidth.Store(Silu.Value<TWidth, TVector>(TWidth.Load(ref p[e], 0)), ref u[e], 0);
        }

        if (e < E)
        {
            var rest = (int)(E - e);
            TWidth.StoreFirst(Silu.Value<TWidth, TVector>(TWidth.LoadFirst(ref p[e], rest)), ref u[e], rest);
        }
    }

    private static unsafe float Scalar(float** sources, float* taps, int K, float* bias, nint E, nint e)
    {
        var p = bias[e];
        for (var k = 0; k < K; k++)
        {
            p += taps[e + (k * E)] * sources[k][e];
        }

        return p;
    }
}
