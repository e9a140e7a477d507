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
    private const int ChannelsAtOnce = 64;
    private const int Tile = 64;

    private static int Lanes => TWidth.Lanes;

    /// <summary>
    /// w from v, for steps 0..<paramref name="lastStep"/>; v counts as zero after it, and so w is. From and into <paramref name="dState"/>
    /// (N, E), where there is one.
    /// </summary>
    public static void Run(
        Workers workers, ScanInputs<float> inputs, Activation<float> v, Activation<float> w, int lastStep, float[]? dState = null)
    {
        var groups = (inputs.Delta.Width + ChannelsAtOnce - 1) / ChannelsAtOnce;
        var states = ScanBlock<TWidth, TVector>.PaddedStates(inputs.B.Width);
        var blocks = ScanBlock<TWidth, TVector>.Blocks(ChannelsAtOnce);
        var scratch = (2 * blocks * states * Lanes) + (2 * Tile * states) + (3 * Tile * Lanes);
        workers.For(inputs.Delta.Batch * groups, piece =>
            ScanScratch.Use(scratch, memory =>
                RunGroup(inputs, v, w, dState, piece / groups, piece % groups * ChannelsAtOnce, lastStep, memory)));
    }

    private static void RunGroup(
        in ScanInputs<float> inputs, Activation<float> v, Activation<float> w, float[]? dState, int item, int first,
        int lastStep, float* memory)
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

        foreach (var token in inputs.Order.Tokens[(lastStep + 1)..])
        {
            w.Row(item, token).Slice(first, Math.Min(ChannelsAtOnce, E - first)).Clear();
        }

        for (var end = lastStep + 1; end > 0; end -= Tile)
        {
            var tokens = inputs.Order.Tokens[Math.Max(0, end - Tile)..end];
            ScanBlock<TWidth, TVector>.PackCoefficients(inputs.B, item, tokens, b);
            ScanBlock<TWidth, TVector>.PackCoefficients(inputs.C, item, tokens, c);
            for (var block = 0; block < blocks; block++)
            {
                var channel = first + (block * Lanes);
                var count = Math.Min(Lanes, E - channel);
                ScanBlock<TWidth, TVector>.Pack(inputs.Delta, item, tokens, channel, count, delta);
                if (v.Width == 1)
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
                    Reverse(delta, weights, rates + at, G + at, b + n, c + n, sums, tokens.Length, states);
                }

                MultiplyBy(delta, sums, tokens.Length);
                ScanBlock<TWidth, TVector>.Unpack(sums, w, item, tokens, channel, count);
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
