using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// The adjoint scan of <see cref="HiddenAttentionScan"/> in floats: lanes are channels, see <see cref="ScanBlock{TWidth, TVector}"/>.
/// </summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe class HiddenAttentionKernel<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    // As in the forward scan: channels that share packed B and C, and steps whose packed arrays fit the first-level cache.
    private const int ChannelsAtOnce = ScanSurroundings.ChannelsAtOnce;
    private const int Tile = ScanSurroundings.StepsAtOnce;

    // Steps behind a tile that a convolution of four taps reaches.
    private const int Carried = 3;

    private static int Lanes => TWidth.Lanes;
    /// <summary>
    /// w from v, for steps 0..<paramref name="lastStep"/>; v counts as zero after it, and so w is. From and into <paramref name="dState"/>
    /// (N, E), where there is one. With <paramref name="around"/> w are weights of x, in front of what stands around the scan; where that
    /// says so, only their sums over the channels of each group are kept: w is then (Batch, groups, L).
    /// </summary>
    public static void Run(
        Workers workers, ScanInputs<float> inputs, Activation<float> v, Activation<float> w, int lastStep, float[]? dState = null,
        ScanSurroundings? around = null)
    {
        var groups = ScanSurroundings.Groups(inputs.Delta.Width);
        var states = ScanBlock<TWidth, TVector>.PaddedStates(inputs.B.Width);
        var blocks = ScanBlock<TWidth, TVector>.Blocks(ChannelsAtOnce);
        var scratch = (2 * blocks * states * Lanes) + (2 * Tile * states) + (4 * Tile * Lanes) + (blocks * Carried * Lanes);
        workers.For(inputs.Delta.Batch * groups, piece =>
            ScanScratch.Use(scratch, memory =>
                RunGroup(inputs, v, w, dState, around, piece / groups, piece % groups * ChannelsAtOnce, lastStep, memory)));
    }

    private static void RunGroup(
        in ScanInputs<float> inputs, Activation<float> v, Activation<float> w, float[]? dState, ScanSurroundings? around, int item,
        int first, int lastStep, float* memory)
    {
        var (E, N) = (inputs.Delta.Width, inputs.B.Width);
        var states = ScanBlock<TWidth, TVector>.PaddedStates(N);
        var blocks = ScanBlock<TWidth, TVector>.Blocks(Math.Min(ChannelsAtOnce, E - first));
        var rates = memory; // [block][state][lane]
        var G = rates + (blocks * states * Lanes); // [block][state][lane]
        var delta = G + (blocks * states * Lanes); // [step][lane], as the next two
        var weights = delta + (Tile * Lanes);
        var sums = weights + (Tile * Lanes);
        var b = sums + (Tile * Lanes); // [step][state]
        var c = b + (Tile * states);
        var carried = c + (Tile * states); // [block][step][lane]: what the steps behind the tile hand to the convolution
        var overBlocks = carried + (blocks * Carried * Lanes); // [step][lane]
        var isSummed = around is { IsSummed: true };

        new Span<float>(carried, blocks * Carried * Lanes).Clear();
        new Span<float>(G, blocks * states * Lanes).Clear();
        for (var block = 0; block < blocks; block++)
        {
            var channel = first + (block * Lanes);
            ScanBlock<TWidth, TVector>.PackRates(
                ScanRates.Of<TWidth, TVector>(inputs.ALog), N, channel, Math.Min(Lanes, E - channel), rates + (block * states * Lanes));
        }

        if (dState is not null)
        {
            ScanBlock<TWidth, TVector>.LoadState(dState, E, N, first, Math.Min(ChannelsAtOnce, E - first), G);
        }

        var line = isSummed ? w.Row(item, first / ChannelsAtOnce) : [];
        foreach (var token in around is { Accumulate: true } ? [] : inputs.Order.Tokens[(lastStep + 1)..])
        {
            if (isSummed)
            {
                line[token] = 0;
                continue;
            }

            w.Row(item, token).Slice(first, Math.Min(ChannelsAtOnce, E - first)).Clear();
        }

        for (var end = lastStep + 1; end > 0; end -= Tile)
        {
            var start = Math.Max(0, end - Tile);
            var tokens = inputs.Order.Tokens[start..end];
            var next = inputs.Order.Tokens[Math.Max(0, start - Tile)..start];
            var isFree = around is { FirstStep: var firstStep } && end <= firstStep;
            ScanBlock<TWidth, TVector>.PackCoefficients(inputs.B, item, tokens, b);
            if (!isFree)
            {
                ScanBlock<TWidth, TVector>.PackCoefficients(inputs.C, item, tokens, c);
            }

            for (var block = 0; block < blocks; block++)
            {
                var channel = first + (block * Lanes);
                var count = Math.Min(Lanes, E - channel);
                ScanBlock<TWidth, TVector>.Pack(inputs.Delta, item, tokens, channel, count, delta);
                var share = next[(block * next.Length / blocks)..((block + 1) * next.Length / blocks)];
                ScanBlock<TWidth, TVector>.PrefetchStretch(inputs.Delta, item, share, first, blocks);
                if (!isSummed)
                {
                    ScanBlock<TWidth, TVector>.Prefetch(w, item, next, channel);
                }

                if (isFree)
                {
                    // Weights of the outputs are zero.
                }
                else if (v.Width == 1)
                {
                    PackSame(v, item, tokens, weights);
                }
                else
                {
                    ScanBlock<TWidth, TVector>.Pack(v, item, tokens, channel, count, weights);
                }

                new Span<float>(sums, tokens.Length * Lanes).Clear();
                for (var n = 0; n < states; n += ScanBlock<TWidth, TVector>.StatesAtOnce)
                {
                    var at = ((block * states) + n) * Lanes;
                    if (isFree)
                    {
                        ReverseFree(delta, rates + at, G + at, b + n, sums, tokens.Length, states);
                    }
                    else
                    {
                        Reverse(delta, weights, rates + at, G + at, b + n, c + n, sums, tokens.Length, states);
                    }
                }

                MultiplyBy(delta, sums, tokens.Length);
                if (around is { } there)
                {
                    if (!isFree)
                    {
                        AddSkip(there.D, channel, weights, sums, tokens.Length);
                    }

                    ScanBlock<TWidth, TVector>.Pack(there.P, item, tokens, channel, count, weights);
                    ScanBlock<TWidth, TVector>.PrefetchStretch(there.P, item, share, first, blocks);
                    MultiplyBySigmoid(weights, sums, tokens.Length);
                    Convolve(there.Taps, E, channel, sums, carried + (block * Carried * Lanes), start, tokens.Length, inputs.Order.Length);
                }

                if (isSummed)
                {
                    AddTo(overBlocks, sums, tokens.Length, isFirst: block == 0);
                }
                else
                {
                    ScanBlock<TWidth, TVector>.Unpack(sums, w, item, tokens, channel, count, around?.Accumulate ?? false);
                }
            }

            for (var t = 0; isSummed && t < tokens.Length; t++)
            {
                var sum = TWidth.Sum(Load(overBlocks, t));
                line[tokens[t]] = around is { Accumulate: true } ? line[tokens[t]] + sum : sum;
            }
        }

        if (dState is not null)
        {
            ScanBlock<TWidth, TVector>.StoreState(G, E, N, first, Math.Min(ChannelsAtOnce, E - first), dState);
        }
    }

    // The one channel of v in every lane.
    private static void PackSame(Activation<float> v, int item, ReadOnlySpan<int> tokens, float* to)
    {
        for (var t = 0; t < tokens.Length; t++)
        {
            ScanBlock<TWidth, TVector>.Store(TWidth.Create(v.Row(item, tokens[t])[0]), to, t);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyBy(float* factors, float* values, int steps)
    {
        for (var t = 0; t < steps; t++)
        {
            ScanBlock<TWidth, TVector>.Store(TWidth.Multiply(Load(factors, t), Load(values, t)), values, t);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void AddTo(float* total, float* values, int steps, bool isFirst)
    {
        for (var t = 0; t < steps; t++)
        {
            var value = Load(values, t);
            ScanBlock<TWidth, TVector>.Store(isFirst ? value : TWidth.Add(Load(total, t), value), total, t);
        }
    }

    // sums += D weights, the path round the scan.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void AddSkip(float[] D, int channel, float* weights, float* sums, int steps)
    {
        var d = TWidth.Load(ref D[channel], 0);
        for (var t = 0; t < steps; t++)
        {
            ScanBlock<TWidth, TVector>.Store(TWidth.MultiplyAdd(d, Load(weights, t), Load(sums, t)), sums, t);
        }
    }

    // Back through u = p sigma(p) with sigma a constant.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyBySigmoid(float* p, float* values, int steps)
    {
        for (var t = 0; t < steps; t++)
        {
            ScanBlock<TWidth, TVector>.Store(
                TWidth.Multiply(Load(values, t), VectorMath<TWidth, TVector>.Sigmoid(Load(p, t))), values, t);
        }
    }

    // values[t] = sum over k of taps[k] values[t + k], those behind the tile from the tile there; the first ones are carried on. The order
    // of each sum is that of ConvKernel, so that the result is the same to the bit.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Convolve(float[] taps, int E, int channel, float* values, float* carried, int start, int steps, int length)
    {
        TVector w0 = TWidth.Load(ref taps[channel], 0),
            w1 = TWidth.Load(ref taps[channel + E], 0),
            w2 = TWidth.Load(ref taps[channel + (2 * E)], 0),
            w3 = TWidth.Load(ref taps[channel + (3 * E)], 0);
        TVector a0 = Load(carried, 0), a1 = Load(carried, 1), a2 = Load(carried, 2);
        for (var t = 0; t < Carried; t++)
        {
            // Of a tile shorter than what is carried, the rest is what was carried before.
            ScanBlock<TWidth, TVector>.Store(t < steps ? Load(values, t) : t - steps == 0 ? a0 : a1, carried, t);
        }

        for (var t = steps - 1; t >= 0; t--)
        {
            var x = Load(values, t);
            var step = start + t;
            var p = ((step & ~3) + 4 <= length ? step & 3 : 3) switch
            {
                0 => Sum(w3, a2, w0, x, w1, a0, w2, a1),
                1 => Sum(w2, a1, w0, x, w1, a0, w3, a2),
                2 => Sum(w1, a0, w0, x, w2, a1, w3, a2),
                _ => Sum(w0, x, w1, a0, w2, a1, w3, a2),
            };
            ScanBlock<TWidth, TVector>.Store(p, values, t);
            (a0, a1, a2) = (x, a0, a1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Sum(TVector w0, TVector a0, TVector w1, TVector a1, TVector w2, TVector a2, TVector w3, TVector a3)
        => TWidth.MultiplyAdd(
            w3, a3, TWidth.MultiplyAdd(w2, a2, TWidth.MultiplyAdd(w1, a1, TWidth.MultiplyAdd(w0, a0, TWidth.Zero))));

    // The same as below where all weights of the outputs are zero.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ReverseFree(float* delta, float* rates, float* adjoint, float* b, float* sums, int steps, int rowStride)
    {
        b += steps * rowStride;
        var (r0, r1, r2, r3) = (Load(rates, 0), Load(rates, 1), Load(rates, 2), Load(rates, 3));
        var (g0, g1, g2, g3) = (Load(adjoint, 0), Load(adjoint, 1), Load(adjoint, 2), Load(adjoint, 3));
        for (var t = steps - 1; t >= 0; t--)
        {
            b -= rowStride;
            var dt = Load(delta, t);
            var minus = TWidth.Subtract(TWidth.Zero, dt);
            var sum = TWidth.MultiplyAdd(TWidth.Create(b[0]), g0, Load(sums, t));
            sum = TWidth.MultiplyAdd(TWidth.Create(b[1]), g1, sum);
            sum = TWidth.MultiplyAdd(TWidth.Create(b[2]), g2, sum);
            sum = TWidth.MultiplyAdd(TWidth.Create(b[3]), g3, sum);
            ScanBlock<TWidth, TVector>.Store(sum, sums, t);
            g0 = TWidth.Multiply(ScanBlock<TWidth, TVector>.Decay(dt, minus, r0), g0);
            g1 = TWidth.Multiply(ScanBlock<TWidth, TVector>.Decay(dt, minus, r1), g1);
            g2 = TWidth.Multiply(ScanBlock<TWidth, TVector>.Decay(dt, minus, r2), g2);
            g3 = TWidth.Multiply(ScanBlock<TWidth, TVector>.Decay(dt, minus, r3), g3);
        }

        ScanBlock<TWidth, TVector>.Store(g0, adjoint, 0);
        ScanBlock<TWidth, TVector>.Store(g1, adjoint, 1);
        ScanBlock<TWidth, TVector>.Store(g2, adjoint, 2);
        ScanBlock<TWidth, TVector>.Store(g3, adjoint, 3);
    }

    // Four states back through a tile; G holds decay_{t+1} G_{t+1} between steps; sums += sum of B G.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Reverse(
        float* delta, float* weights, float* rates, float* adjoint, float* b, float* c, float* sums, int steps, int rowStride)
    {
        b += steps * rowStride;
        c += steps * rowStride;
        var (r0, r1, r2, r3) = (Load(rates, 0), Load(rates, 1), Load(rates, 2), Load(rates, 3));
        var (g0, g1, g2, g3) = (Load(adjoint, 0), Load(adjoint, 1), Load(adjoint, 2), Load(adjoint, 3));
        for (var t = steps - 1; t >= 0; t--)
        {
            b -= rowStride;
            c -= rowStride;
            var dt = Load(delta, t);
            var minus = TWidth.Subtract(TWidth.Zero, dt);
            var v = Load(weights, t);
            g0 = TWidth.MultiplyAdd(v, TWidth.Create(c[0]), g0);
            g1 = TWidth.MultiplyAdd(v, TWidth.Create(c[1]), g1);
            g2 = TWidth.MultiplyAdd(v, TWidth.Create(c[2]), g2);
            g3 = TWidth.MultiplyAdd(v, TWidth.Create(c[3]), g3);
            var sum = TWidth.MultiplyAdd(TWidth.Create(b[0]), g0, Load(sums, t));
            sum = TWidth.MultiplyAdd(TWidth.Create(b[1]), g1, sum);
            sum = TWidth.MultiplyAdd(TWidth.Create(b[2]), g2, sum);
            sum = TWidth.MultiplyAdd(TWidth.Create(b[3]), g3, sum);
            ScanBlock<TWidth, TVector>.Store(sum, sums, t);
            g0 = TWidth.Multiply(ScanBlock<TWidth, TVector>.Decay(dt, minus, r0), g0);
            g1 = TWidth.Multiply(ScanBlock<TWidth, TVector>.Decay(dt, minus, r1), g1);
            g2 = TWidth.Multiply(ScanBlock<TWidth, TVector>.Decay(dt, minus, r2), g2);
            g3 = TWidth.Multiply(ScanBlock<TWidth, TVector>.Decay(dt, minus, r3), g3);
        }

        ScanBlock<TWidth, TVector>.Store(g0, adjoint, 0);
        ScanBlock<TWidth, TVector>.Store(g1, adjoint, 1);
        ScanBlock<TWidth, TVector>.Store(g2, adjoint, 2);
        ScanBlock<TWidth, TVector>.Store(g3, adjoint, 3);
    }

    private static TVector Load(float* source, int index) => ScanBlock<TWidth, TVector>.Load(source, index);
}
