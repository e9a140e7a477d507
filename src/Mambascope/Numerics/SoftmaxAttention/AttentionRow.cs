using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// Attention of one token's head in floats: s_j = q k_j over some keys, and y = sum over j of p_j v_j. Registers hold neighbouring
/// channels of a head; those that fill no register are taken one by one.
/// </summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe class AttentionRow<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    private static int Lanes => TWidth.Lanes;

    /// <summary>s_j for j below <paramref name="count"/>.</summary>
    /// <param name="q">Query, <paramref name="width"/> channels.</param>
    /// <param name="keys">First key.</param>
    /// <param name="step">From one key to the next.</param>
    /// <param name="count">Number of keys.</param>
    /// <param name="width">Channels of the head.</param>
    /// <param name="s">Result.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Scores(float* q, float* keys, nint step, int count, int width, float* s)
    {
        var j = 0;
        for (; j + 4 <= count; j += 4)
        {
            float* k0 = keys + (j * step), k1 = k0 + step, k2 = k1 + step, k3 = k2 + step;
            TVector a = TWidth.Zero, b = a, c = a, d = a;
            var i = 0;
            for (; i + Lanes <= width; i += Lanes)
            {
                var x = TWidth.Load(ref q[i], 0);
                a = TWidth.MultiplyAdd(x, TWidth.Load(ref k0[i], 0), a);
                b = TWidth.MultiplyAdd(x, TWidth.Load(ref k1[i], 0), b);
                c = TWidth.MultiplyAdd(x, TWidth.Load(ref k2[i], 0), c);
                d = TWidth.MultiplyAdd(x, TWidth.Load(ref k3[i], 0), d);
            }

            s[j] = TWidth.Sum(a) + Rest(q, k0, i, width);
            s[j + 1] = TWidth.Sum(b) + Rest(q, k1, i, width);
            s[j + 2] = TWidth.Sum(c) + Rest(q, k2, i, width);
            s[j + 3] = TWidth.Sum(d) + Rest(q, k3, i, width);
        }

        for (; j < count; j++)
        {
            var k = keys + (j * step);
            var sum = TWidth.Zero;
            var i = 0;
            for (; i + Lanes <= width; i += Lanes)
            {
                sum = TWidth.MultiplyAdd(TWidth.Load(ref q[i], 0), TWidth.Load(ref k[i], 0), sum);
            }

            s[j] = TWidth.Sum(sum) + Rest(q, k, i, width);
        }
    }

    /// <summary>y = sum over j below <paramref name="count"/> of p_j v_j.</summary>
    /// <param name="p">Probabilities.</param>
    /// <param name="values">First value.</param>
    /// <param name="step">From one value to the next.</param>
    /// <param name="count">Number of values.</param>
    /// <param name="width">Channels of the head.</param>
    /// <param name="y">Result, <paramref name="width"/> channels.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Mix(float* p, float* values, nint step, int count, int width, float* y)
    {
        var i = 0;
        for (; i + (4 * Lanes) <= width; i += 4 * Lanes)
        {
            TVector a = TWidth.Zero, b = a, c = a, d = a;
            var v = values + i;
            for (var j = 0; j < count; j++, v += step)
            {
                var x = TWidth.Create(p[j]);
                a = TWidth.MultiplyAdd(x, TWidth.Load(ref *v, 0), a);
                b = TWidth.MultiplyAdd(x, TWidth.Load(ref *v, (nuint)Lanes), b);
                c = TWidth.MultiplyAdd(x, TWidth.Load(ref *v, (nuint)(2 * Lanes)), c);
                d = TWidth.MultiplyAdd(x, TWidth.Load(ref *v, (nuint)(3 * Lanes)), d);
            }

            TWidth.Store(a, ref y[i], 0);
            TWidth.Store(b, ref y[i], (nuint)Lanes);
            TWidth.Store(c, ref y[i], (nuint)(2 * Lanes));
            TWidth.Store(d, ref y[i], (nuint)(3 * Lanes));
        }

        for (; i + Lanes <= width; i += Lanes)
        {
            var sum = TWidth.Zero;
            for (var j = 0; j < count; j++)
            {
                sum = TWidth.MultiplyAdd(TWidth.Create(p[j]), TWidth.Load(ref values[(j * step) + i], 0), sum);
            }

            TWidth.Store(sum, ref y[i], 0);
        }

        for (; i < width; i++)
        {
            y[i] = 0;
            for (var j = 0; j < count; j++)
            {
                y[i] += p[j] * values[(j * step) + i];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Rest(float* q, float* k, int i, int width)
    {
        var sum = 0f;
        for (; i < width; i++)
        {
            sum += q[i] * k[i];
        }

        return sum;
    }
}
