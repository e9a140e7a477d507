using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Mambascope.Numerics;

/// <summary>
/// The backward scan in floats: lanes are channels, see <see cref="ScanBlock{TWidth, TVector}"/>. No (L, E, N) tensor is kept: a first
/// run stores the state at the start of every chunk of steps; then, from the last chunk to the first, the chunk's decays and states are
/// computed again, four states at a time, into cache, and the adjoint runs back through them.
/// A piece of work is one group of channels of a few items. dB and dC are sums over channels: each group makes its own, and the groups
/// are added at the end in order; dALog likewise over items. Group sizes are constants, so every thread count gives the same bits.
/// </summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe partial class SelectiveScanBackward<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    // Channels of a group.
    private const int ChannelsAtOnce = 64;

    // Up to this many steps, the decays and states of four states (16 lanes: 512 bytes a step) stay in the second-level cache, and the
    // whole scan is one chunk: then there is no first run at all. Longer scans go in chunks that the first level nearly holds.
    private const int LongestChunk = 512;
    private const int ShortChunk = 64;

    // Items of a piece share one dALog, which keeps that buffer small beside the activations.
    private const int ItemsAtOnce = 4;

    private const int StatesAtOnce = ScanBlock<TWidth, TVector>.StatesAtOnce;

    private const float Ln2 = 0.693147180559945309f;

    private static int Lanes => TWidth.Lanes;

    /// <summary>
    /// The wanted adjoints, from gy (Batch, L, E); from h before the first step and with the adjoint of h, where there are such (see
    /// <see cref="SelectiveScan.Backward"/>).
    /// </summary>
    public static void Run(
        Workers workers, ScanInputs<float> inputs, Activation<float> gy, ScanAdjoints<float> adjoints,
        float[]? before = null, float[]? dState = null)
    {
        var (batch, E, N, L) = (inputs.U.Batch, inputs.U.Width, inputs.B.Width, inputs.Order.Length);
        var groups = (E + ChannelsAtOnce - 1) / ChannelsAtOnce;
        var itemBlocks = (batch + ItemsAtOnce - 1) / ItemsAtOnce;
        var partB = adjoints.B is null ? [] : ArrayPool<float>.Shared.Rent(batch * groups * L * N); // [item][group][step][state]
        var partC = adjoints.C is null ? [] : ArrayPool<float>.Shared.Rent(batch * groups * L * N);
        var partALog = adjoints.ALog is null ? [] : ArrayPool<float>.Shared.Rent(itemBlocks * E * N); // [item block][e][state]
        try
        {
            workers.For(itemBlocks * groups, piece =>
            {
                var (itemBlock, group) = (piece / groups, piece % groups);
                var first = group * ChannelsAtOnce;
                var shape = new Shape(first, Math.Min(ChannelsAtOnce, E - first), E, N, L);
                ScanScratch.Use(shape.ScratchLength, memory =>
                {
                    var scratch = new Scratch(memory, shape);
                    Prepare(inputs, shape, scratch);
                    for (var item = itemBlock * ItemsAtOnce; item < Math.Min(batch, (itemBlock + 1) * ItemsAtOnce); item++)
                    {
                        var part = ((item * groups) + group) * L * N;
                        RunGroup(
                            inputs, gy, adjoints, before, dState, item, shape, scratch,
                            partB.AsSpan(Math.Min(part, partB.Length)), partC.AsSpan(Math.Min(part, partC.Length)));
                    }

                    if (adjoints.ALog is not null)
                    {
                        UnpackRates(scratch, shape, partALog.AsSpan(itemBlock * E * N, E * N));
                    }
                });
            });

            AddGroups(workers, partB, groups, inputs.Order, adjoints.B);
            AddGroups(workers, partC, groups, inputs.Order, adjoints.C);
            if (adjoints.ALog is { } dALog)
            {
                for (var block = 0; block < itemBlocks; block++)
                {
                    var part = partALog.AsSpan(block * E * N, E * N);
                    for (var i = 0; i < part.Length; i++)
                    {
                        dALog[i] += part[i];
                    }
                }
            }
        }
        finally
        {
            foreach (var rented in (float[][])[partB, partC, partALog])
            {
                if (rented.Length != 0)
                {
                    ArrayPool<float>.Shared.Return(rented);
                }
            }
        }
    }

    private static void Prepare(in ScanInputs<float> inputs, in Shape shape, in Scratch scratch)
    {
        for (var block = 0; block < shape.Blocks; block++)
        {
            ScanBlock<TWidth, TVector>.PackRates(
                ScanRates.Of<TWidth, TVector>(inputs.ALog), shape.N, shape.Channel(block), shape.Count(block),
                scratch.Rates + (block * shape.State));
        }

        new Span<float>(scratch.DRates, shape.Blocks * shape.State).Clear();
    }

    private static void RunGroup(
        in ScanInputs<float> inputs,
        Activation<float> gy,
        in ScanAdjoints<float> adjoints,
        float[]? before,
        float[]? dState,
        int item,
        in Shape shape,
        in Scratch scratch,
        Span<float> partB,
        Span<float> partC)
    {
        ScanBlock<TWidth, TVector>.PackCoefficients(inputs.B, item, inputs.Order.Tokens, scratch.B);
        ScanBlock<TWidth, TVector>.PackCoefficients(inputs.C, item, inputs.Order.Tokens, scratch.C);
        StoreCheckpoints(inputs, before, item, shape, scratch);
        new Span<float>(scratch.G, shape.Blocks * shape.State).Clear();
        if (dState is not null)
        {
            ScanBlock<TWidth, TVector>.LoadState(dState, shape.E, shape.N, shape.First, shape.Channels, scratch.G);
        }

        new Span<float>(scratch.DB, shape.L * shape.States).Clear();
        new Span<float>(scratch.DC, shape.L * shape.States).Clear();
        for (var chunk = shape.Chunks - 1; chunk >= 0; chunk--)
        {
            for (var block = 0; block < shape.Blocks; block++)
            {
                RunChunk(inputs, gy, adjoints, item, chunk, block, shape, scratch);
            }
        }

        if (dState is not null)
        {
            ScanBlock<TWidth, TVector>.StoreState(scratch.G, shape.E, shape.N, shape.First, shape.Channels, dState);
        }

        for (var t = 0; t < shape.L; t++)
        {
            if (adjoints.B is not null)
            {
                new Span<float>(scratch.DB + (t * shape.States), shape.N).CopyTo(partB[(t * shape.N)..]);
            }

            if (adjoints.C is not null)
            {
                new Span<float>(scratch.DC + (t * shape.States), shape.N).CopyTo(partC[(t * shape.N)..]);
            }
        }
    }

    // The state before each chunk, [chunk][block][state][lane].
    private static void StoreCheckpoints(in ScanInputs<float> inputs, float[]? before, int item, in Shape shape, in Scratch scratch)
    {
        var all = shape.Blocks * shape.State;
        new Span<float>(scratch.Checkpoints, all).Clear();
        if (before is not null)
        {
            ScanBlock<TWidth, TVector>.LoadState(before, shape.E, shape.N, shape.First, shape.Channels, scratch.Checkpoints);
        }

        for (var chunk = 0; chunk < shape.Chunks - 1; chunk++)
        {
            var start = chunk * shape.Chunk;
            var tokens = inputs.Order.Tokens.Slice(start, shape.Chunk);
            var from = scratch.Checkpoints + ((long)chunk * all);
            new Span<float>(from, all).CopyTo(new Span<float>(from + all, all));
            for (var block = 0; block < shape.Blocks; block++)
            {
                ScanBlock<TWidth, TVector>.PackSteps(
                    inputs, item, tokens, shape.Channel(block), shape.Count(block), scratch.Delta, scratch.U, scratch.DeltaU);
                PrefetchSteps(
                    inputs,
                    item,
                    inputs.Order.Tokens.Slice(start + shape.Chunk, Math.Min(shape.Chunk, shape.L - start - shape.Chunk)),
                    shape.Channel(block));
                for (var n = 0; n < shape.States; n += StatesAtOnce)
                {
                    var at = (block * shape.State) + (n * Lanes);
                    ScanBlock<TWidth, TVector>.Advance(
                        scratch.Delta,
                        scratch.DeltaU,
                        scratch.Rates + at,
                        from + all + at,
                        scratch.B + (start * shape.States) + n,
                        c: null,
                        y: null,
                        shape.Chunk,
                        shape.States);
                }
            }
        }
    }

    private static void PrefetchSteps(in ScanInputs<float> inputs, int item, ReadOnlySpan<int> tokens, int channel)
    {
        ScanBlock<TWidth, TVector>.Prefetch(inputs.Delta, item, tokens, channel);
        ScanBlock<TWidth, TVector>.Prefetch(inputs.U, item, tokens, channel);
    }

    private static void RunChunk(
        in ScanInputs<float> inputs,
        Activation<float> gy,
        in ScanAdjoints<float> adjoints,
        int item,
        int chunk,
        int block,
        in Shape shape,
        in Scratch scratch)
    {
        var start = chunk * shape.Chunk;
        var steps = Math.Min(shape.Chunk, shape.L - start);
        var tokens = inputs.Order.Tokens.Slice(start, steps);
        var (channel, count) = (shape.Channel(block), shape.Count(block));
        ScanBlock<TWidth, TVector>.PackSteps(inputs, item, tokens, channel, count, scratch.Delta, scratch.U, scratch.DeltaU);
        ScanBlock<TWidth, TVector>.Pack(gy, item, tokens, channel, count, scratch.Gy);
        if (chunk > 0)
        {
            // The chunk before this one is the next to come.
            var next = inputs.Order.Tokens.Slice((chunk - 1) * shape.Chunk, shape.Chunk);
            PrefetchSteps(inputs, item, next, channel);
            ScanBlock<TWidth, TVector>.Prefetch(gy, item, next, channel);
        }

        new Span<float>(scratch.SumU, steps * Lanes).Clear();
        new Span<float>(scratch.SumRate, steps * Lanes).Clear();
        for (var n = 0; n < shape.States; n += StatesAtOnce)
        {
            var at = (block * shape.State) + (n * Lanes);
            var coefficients = (start * shape.States) + n;
            var dc = adjoints.C is null ? null : scratch.DC + coefficients;
            var db = adjoints.B is null ? null : scratch.DB + coefficients;
            var checkpoint = scratch.Checkpoints + ((long)chunk * shape.Blocks * shape.State) + at;
            Recompute(scratch, scratch.Rates + at, checkpoint, scratch.B + coefficients, dc, steps, shape.States);
            Reverse(
                scratch, scratch.Rates + at, scratch.G + at, scratch.DRates + at, scratch.B + coefficients,
                scratch.C + coefficients, db, steps, shape.States);
        }

        Finish(scratch, steps);
        if (adjoints.U is { } du)
        {
            ScanBlock<TWidth, TVector>.Unpack(scratch.SumU, du, item, tokens, channel, count, adjoints.AccumulateU);
        }

        if (adjoints.Delta is { } dDelta)
        {
            ScanBlock<TWidth, TVector>.Unpack(scratch.SumRate, dDelta, item, tokens, channel, count);
        }
    }

    // dALog = A dA of one piece, lanes back to rows (E, N).
    private static void UnpackRates(in Scratch scratch, in Shape shape, Span<float> part)
    {
        for (var block = 0; block < shape.Blocks; block++)
        {
            for (var n = 0; n < shape.N; n++)
            {
                var at = (block * shape.State) + (n * Lanes);
                for (var lane = 0; lane < shape.Count(block); lane++)
                {
                    part[((shape.Channel(block) + lane) * shape.N) + n] = -Ln2 * scratch.Rates[at + lane] * scratch.DRates[at + lane];
                }
            }
        }
    }

    private static void AddGroups(Workers workers, float[] parts, int groups, ScanOrder order, Activation<float>? target)
    {
        if (target is not { } sums)
        {
            return;
        }

        var (L, N) = (sums.Length, sums.Width);
        workers.For(sums.Batch, item =>
        {
            for (var t = 0; t < L; t++)
            {
                var row = sums.Row(item, order.Tokens[t]);
                row.Clear();
                for (var group = 0; group < groups; group++)
                {
                    TensorPrimitives.Add(row, parts.AsSpan(((((item * groups) + group) * L) + t) * N, N), row);
                }
            }
        });
    }

    // Sizes of one piece.
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Shape(int First, int Channels, int E, int N, int L)
    {
        public int Blocks => ScanBlock<TWidth, TVector>.Blocks(Channels);

        public int States => ScanBlock<TWidth, TVector>.PaddedStates(N);

        // One [state][lane] array.
        public int State => States * Lanes;

        public int Chunk => L <= LongestChunk ? L : ShortChunk;

        public int Chunks => (L + Chunk - 1) / Chunk;

        public int ScratchLength
            => (Chunks + 3) * Blocks * State // checkpoints, rates, their adjoints, G
                + (((6 + (2 * StatesAtOnce)) * Chunk) * Lanes) // six [step][lane] arrays; decays and states of four states
                + (4 * L * States); // B, C and their adjoints

        public int Channel(int block) => First + (block * Lanes);

        public int Count(int block) => Math.Min(Lanes, Channels - (block * Lanes));
    }

    // Where the arrays of one piece lie.
    [StructLayout(LayoutKind.Auto)]
    private readonly struct Scratch
    {
        public readonly float* Rates, DRates, G; // [block][state][lane]
        public readonly float* Checkpoints; // [chunk][block][state][lane]
        public readonly float* Delta, U, DeltaU, Gy, SumU, SumRate; // [step][lane]
        public readonly float* Decays, Before; // [step][four states][lane]
        public readonly float* B, C, DB, DC; // [step of all L][state]

        public Scratch(float* memory, in Shape shape)
        {
            var (all, steps) = (shape.Blocks * shape.State, shape.Chunk * Lanes);
            Rates = memory;
            DRates = Rates + all;
            G = DRates + all;
            Delta = G + all;
            U = Delta + steps;
            DeltaU = U + steps;
            Gy = DeltaU + steps;
            SumU = Gy + steps;
            SumRate = SumU + steps;
            Decays = SumRate + steps;
            Before = Decays + (StatesAtOnce * steps);
            Checkpoints = Before + (StatesAtOnce * steps);
            B = Checkpoints + (shape.Chunks * (long)all);
            C = B + (shape.L * shape.States);
            DB = C + (shape.L * shape.States);
            DC = DB + (shape.L * shape.States);
        }
    }
}
