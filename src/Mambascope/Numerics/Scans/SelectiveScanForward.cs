namespace Mambascope.Numerics;

/// <summary>The forward scan in floats: lanes are channels, see <see cref="ScanBlock{TWidth, TVector}"/>.</summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe class SelectiveScanForward<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    // Channels of a piece; they share the packed B and C of a tile.
    private const int ChannelsAtOnce = 64;

    // Steps of a tile: with 16 states, all packed arrays of a tile take 20 kB of the first-level cache.
    private const int Tile = 64;

    private static int Lanes => TWidth.Lanes;

    /// <summary>y (Batch, L, E); from and into <paramref name="state"/> (N, E), where there is one.</summary>
    public static void Run(Workers workers, ScanInputs<float> inputs, Activation<float> y, float[]? state = null)
    {
        var E = inputs.U.Width;
        var groups = (E + ChannelsAtOnce - 1) / ChannelsAtOnce;
        var states = ScanBlock<TWidth, TVector>.PaddedStates(inputs.B.Width);
        var blocks = ScanBlock<TWidth, TVector>.Blocks(ChannelsAtOnce);
        var scratch = (2 * blocks * states * Lanes) + (2 * Tile * states) + (3 * Tile * Lanes);
        workers.For(inputs.U.Batch * groups, piece =>
            ScanScratch.Use(scratch, memory => RunGroup(inputs, y, state, piece / groups, piece % groups * ChannelsAtOnce, memory)));
    }

    private static void RunGroup(in ScanInputs<float> inputs, Activation<float> y, float[]? state, int item, int first, float* memory)
    {
        var (E, N) = (inputs.U.Width, inputs.B.Width);
        var states = ScanBlock<TWidth, TVector>.PaddedStates(N);
        var blocks = ScanBlock<TWidth, TVector>.Blocks(Math.Min(ChannelsAtOnce, E - first));
        var rates = memory; // [block][state][lane]
        var h = rates + (blocks * states * Lanes); // [block][state][lane]
        var delta = h + (blocks * states * Lanes); // [step][lane], as the next two
        var deltaU = delta + (Tile * Lanes);
        var sums = deltaU + (Tile * Lanes);
        var b = sums + (Tile * Lanes); // [step][state]
        var c = b + (Tile * states);

        new Span<float>(h, blocks * states * Lanes).Clear();
        for (var block = 0; block < blocks; block++)
        {
            var channel = first + (block * Lanes);
            ScanBlock<TWidth, TVector>.PackRates(
                ScanRates.Of<TWidth, TVector>(inputs.ALog), N, channel, Math.Min(Lanes, E - channel), rates + (block * states * Lanes));
        }

        if (state is not null)
        {
            ScanBlock<TWidth, TVector>.LoadState(state, E, N, first, Math.Min(ChannelsAtOnce, E - first), h);
        }

        for (var start = 0; start < inputs.Order.Length; start += Tile)
        {
            var tokens = inputs.Order.Tokens[start..Math.Min(start + Tile, inputs.Order.Length)];
            var next = inputs.Order.Tokens[(start + tokens.Length)..Math.Min(start + (2 * Tile), inputs.Order.Length)];
            ScanBlock<TWidth, TVector>.PackCoefficients(inputs.B, item, tokens, b);
            ScanBlock<TWidth, TVector>.PackCoefficients(inputs.C, item, tokens, c);
            for (var block = 0; block < blocks; block++)
            {
                var channel = first + (block * Lanes);
                var count = Math.Min(Lanes, E - channel);
                ScanBlock<TWidth, TVector>.PackSteps(inputs, item, tokens, channel, count, delta, u: null, deltaU);
                ScanBlock<TWidth, TVector>.Prefetch(inputs.Delta, item, next, channel);
                ScanBlock<TWidth, TVector>.Prefetch(inputs.U, item, next, channel);
                ScanBlock<TWidth, TVector>.Prefetch(y, item, next, channel);
                new Span<float>(sums, tokens.Length * Lanes).Clear();
                for (var n = 0; n < states; n += ScanBlock<TWidth, TVector>.StatesAtOnce)
                {
                    var at = ((block * states) + n) * Lanes;
                    ScanBlock<TWidth, TVector>.Advance(delta, deltaU, rates + at, h + at, b + n, c + n, sums, tokens.Length, states);
                }

                ScanBlock<TWidth, TVector>.Unpack(sums, y, item, tokens, channel, count);
            }
        }

        if (state is not null)
        {
            ScanBlock<TWidth, TVector>.StoreState(h, E, N, first, Math.Min(ChannelsAtOnce, E - first), state);
        }
    }
}
