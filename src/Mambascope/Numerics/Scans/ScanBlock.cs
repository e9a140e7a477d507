using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Mambascope.Numerics;

/// <summary>
/// What the scan kernels share. A kernel works on a block of channels, one a lane, through small packed arrays in order of time:
/// [step][lane] for Delta, u and their like, [step][state] for B and C, [state][lane] for A, h and G. Packing hides the scan order, row
/// strides and remainders (missing lanes and states hold zeros, which add nothing anywhere), so that the inner loops are only arithmetic.
/// States are taken <see cref="StatesAtOnce"/> at a time: their A, h or G then stay in registers through a tile of steps.
/// </summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe class ScanBlock<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    /// <summary>States that a kernel carries at once.</summary>
    public const int StatesAtOnce = 4;

    // A megabyte.
    private const int FarFloats = 1 << 18;

    private static int Lanes => TWidth.Lanes;

    /// <summary>N rounded up to whole groups of <see cref="StatesAtOnce"/>.</summary>
    public static int PaddedStates(int N) => (N + StatesAtOnce - 1) / StatesAtOnce * StatesAtOnce;

    /// <summary>Lane blocks that cover the channels.</summary>
    public static int Blocks(int channels) => (channels + Lanes - 1) / Lanes;

    /// <summary>
    /// exp(Delta A) as 2^-(Delta rate) with rate = -A log2(e) >= 0. Adding and taking away 1.5 * 2^23 rounds the exponent to a whole k
    /// within one FMA; f = Delta rate + k is then exact to one rounding, and 2^-f is <see cref="VectorMath{TWidth, TVector}.Exp2"/>'s
    /// polynomial with f's sign turned, exact at 0. AVX-512 scales by any k; the integer scaling of the narrower widths needs k >= -126, so
    /// there deeper decays become less than 2^-126. Delta A down to -1e12 is safe; NaN stays NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Decay(TVector delta, TVector minusDelta, TVector rate)
    {
        var magic = TWidth.Create(12582912f);
        var k = TWidth.Subtract(TWidth.MultiplyAdd(minusDelta, rate, magic), magic);
        TVector f;
        if (typeof(TWidth) == typeof(Width512) && Avx512F.IsSupported)
        {
            f = TWidth.MultiplyAdd(delta, rate, k);
        }
        else
        {
            k = TWidth.Max(k, TWidth.Create(-126));
            f = TWidth.Min(TWidth.MultiplyAdd(delta, rate, k), TWidth.Create(1));
        }

        var p = TWidth.MultiplyAdd(TWidth.Create(-0.00132669770005f), f, TWidth.Create(0.00966587830116f));
        p = TWidth.MultiplyAdd(p, f, TWidth.Create(-0.0555066551431f));
        p = TWidth.MultiplyAdd(p, f, TWidth.Create(0.240223582036f));
        p = TWidth.MultiplyAdd(p, f, TWidth.Create(-0.693147092877f));
        p = TWidth.MultiplyAdd(p, f, TWidth.Create(1));
        return TWidth.Scale(p, k);
    }

    /// <summary>
    /// Carries four states through a tile: h = decay h + (Delta u) B; where <paramref name="c"/> is given also y += sum of C h.
    /// </summary>
    /// <param name="delta">[step][lane].</param>
    /// <param name="deltaU">Delta u, [step][lane].</param>
    /// <param name="rates">[4][lane].</param>
    /// <param name="states">h, [4][lane]; read and replaced.</param>
    /// <param name="b">B from the first of the four states on, a row every <paramref name="rowStride"/>.</param>
    /// <param name="c">C likewise, or null.</param>
    /// <param name="y">[step][lane]; added to.</param>
    /// <param name="steps">Length of the tile.</param>
    /// <param name="rowStride">Padded number of states.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Advance(
        float* delta, float* deltaU, float* rates, float* states, float* b, float* c, float* y, int steps, int rowStride)
    {
        var (r0, r1, r2, r3) = (Load(rates, 0), Load(rates, 1), Load(rates, 2), Load(rates, 3));
        var (h0, h1, h2, h3) = (Load(states, 0), Load(states, 1), Load(states, 2), Load(states, 3));
        for (var t = 0; t < steps; t++)
        {
            var dt = Load(delta, t);
            var minus = TWidth.Subtract(TWidth.Zero, dt);
            var du = Load(deltaU, t);
            h0 = TWidth.MultiplyAdd(Decay(dt, minus, r0), h0, TWidth.Multiply(du, TWidth.Create(b[0])));
            h1 = TWidth.MultiplyAdd(Decay(dt, minus, r1), h1, TWidth.Multiply(du, TWidth.Create(b[1])));
            h2 = TWidth.MultiplyAdd(Decay(dt, minus, r2), h2, TWidth.Multiply(du, TWidth.Create(b[2])));
            h3 = TWidth.MultiplyAdd(Decay(dt, minus, r3), h3, TWidth.Multiply(du, TWidth.Create(b[3])));
            b += rowStride;
            if (c != null)
            {
                var sum = TWidth.MultiplyAdd(TWidth.Create(c[0]), h0, Load(y, t));
                sum = TWidth.MultiplyAdd(TWidth.Create(c[1]), h1, sum);
                sum = TWidth.MultiplyAdd(TWidth.Create(c[2]), h2, sum);
                sum = TWidth.MultiplyAdd(TWidth.Create(c[3]), h3, sum);
                Store(sum, y, t);
                c += rowStride;
            }
        }

        Store(h0, states, 0);
        Store(h1, states, 1);
        Store(h2, states, 2);
        Store(h3, states, 3);
    }

    /// <summary>The rates of lanes [channel, channel + count), [state][lane], from those of all channels (N, E).</summary>
    public static void PackRates(float[] all, int N, int channel, int count, float* rates)
    {
        var (E, padded) = (all.Length / N, PaddedStates(N));
        new Span<float>(rates, padded * Lanes).Clear();
        for (var n = 0; n < N; n++)
        {
            all.AsSpan((n * E) + channel, count).CopyTo(new Span<float>(rates + (n * Lanes), count));
        }
    }

    /// <summary>Lanes [channel, channel + count) of the tokens given, [step][lane].</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Pack(Activation<float> from, int item, ReadOnlySpan<int> tokens, int channel, int count, float* to)
    {
        ref var origin = ref Origin(from, item, channel);
        for (var t = 0; t < tokens.Length; t++)
        {
            ref var source = ref Unsafe.Add(ref origin, tokens[t] * (nint)from.RowStride);
            Store(count == Lanes ? TWidth.Load(ref source, 0) : TWidth.LoadFirst(ref source, count), to, t);
        }
    }

    /// <summary>
    /// Asks for the cache lines that a later <see cref="Pack"/> or <see cref="Unpack"/> of these tokens will touch: rows lie further apart
    /// than hardware prefetchers follow, and orders may jump. Asked for one tile ahead, memory works while the kernel computes; activations
    /// that the second-level cache may still hold are left alone, there the requests cost more than they save.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Prefetch(Activation<float> view, int item, ReadOnlySpan<int> tokens, int channel)
    {
        if (!Sse.IsSupported || (long)view.Rows * view.RowStride < FarFloats)
        {
            return;
        }

        // Only a hint: a pointer that the collector has made stale does no harm.
        var origin = (float*)Unsafe.AsPointer(ref Origin(view, item, channel));
        foreach (var token in tokens)
        {
            Sse.Prefetch1(origin + (token * (nint)view.RowStride));
        }
    }

    /// <summary>The way back of <see cref="Pack"/>: writes [step][lane] to the lanes of the tokens, or adds it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Unpack(
        float* from, Activation<float> to, int item, ReadOnlySpan<int> tokens, int channel, int count, bool accumulate = false)
    {
        ref var origin = ref Origin(to, item, channel);
        for (var t = 0; t < tokens.Length; t++)
        {
            ref var target = ref Unsafe.Add(ref origin, tokens[t] * (nint)to.RowStride);
            var value = Load(from, t);
            if (count == Lanes)
            {
                TWidth.Store(accumulate ? TWidth.Add(value, TWidth.Load(ref target, 0)) : value, ref target, 0);
            }
            else
            {
                TWidth.StoreFirst(accumulate ? TWidth.Add(value, TWidth.LoadFirst(ref target, count)) : value, ref target, count);
            }
        }
    }

    /// <summary>Packs Delta, u (unless null) and Delta u in one go.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void PackSteps(
        in ScanInputs<float> inputs, int item, ReadOnlySpan<int> tokens, int channel, int count, float* delta, float* u, float* deltaU)
    {
        ref var deltaOrigin = ref Origin(inputs.Delta, item, channel);
        ref var uOrigin = ref Origin(inputs.U, item, channel);
        var (deltaStride, uStride) = ((nint)inputs.Delta.RowStride, (nint)inputs.U.RowStride);
        for (var t = 0; t < tokens.Length; t++)
        {
            ref var deltaRow = ref Unsafe.Add(ref deltaOrigin, tokens[t] * deltaStride);
            ref var uRow = ref Unsafe.Add(ref uOrigin, tokens[t] * uStride);
            var dt = count == Lanes ? TWidth.Load(ref deltaRow, 0) : TWidth.LoadFirst(ref deltaRow, count);
            var ut = count == Lanes ? TWidth.Load(ref uRow, 0) : TWidth.LoadFirst(ref uRow, count);
            Store(dt, delta, t);
            Store(TWidth.Multiply(dt, ut), deltaU, t);
            if (u != null)
            {
                Store(ut, u, t);
            }
        }
    }

    /// <summary>Rows of B or C for the tokens given, [step][padded state].</summary>
    public static void PackCoefficients(Activation<float> from, int item, ReadOnlySpan<int> tokens, float* to)
    {
        var padded = PaddedStates(from.Width);
        foreach (var token in tokens)
        {
            var row = new Span<float>(to, padded);
            from.Row(item, token).CopyTo(row);
            row[from.Width..].Clear();
            to += padded;
        }
    }

    /// <summary>
    /// Channels [first, first + count) of a state (N, E) into [block][state][lane]; lanes and states that are missing are left.
    /// </summary>
    public static void LoadState(float[] state, int E, int N, int first, int count, float* packed)
    {
        var padded = PaddedStates(N);
        for (var channel = first; channel < first + count; channel += Lanes, packed += padded * Lanes)
        {
            var lanes = Math.Min(Lanes, first + count - channel);
            for (var n = 0; n < N; n++)
            {
                state.AsSpan((n * E) + channel, lanes).CopyTo(new Span<float>(packed + (n * Lanes), lanes));
            }
        }
    }

    /// <summary>The way back of <see cref="LoadState"/>.</summary>
    public static void StoreState(float* packed, int E, int N, int first, int count, float[] state)
    {
        var padded = PaddedStates(N);
        for (var channel = first; channel < first + count; channel += Lanes, packed += padded * Lanes)
        {
            var lanes = Math.Min(Lanes, first + count - channel);
            for (var n = 0; n < N; n++)
            {
                new Span<float>(packed + (n * Lanes), lanes).CopyTo(state.AsSpan((n * E) + channel, lanes));
            }
        }
    }

    /// <summary>Vector <paramref name="index"/> of a packed array.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load(float* source, int index) => TWidth.Load(ref *source, (nuint)(index * TWidth.Lanes));

    /// <summary>Stores vector <paramref name="index"/> of a packed array.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector value, float* target, int index) => TWidth.Store(value, ref *target, (nuint)(index * TWidth.Lanes));

    private static ref float Origin(Activation<float> view, int item, int channel)
        => ref view.Buffer[view.Offset + (item * view.Length * view.RowStride) + channel];
}
