using System.Buffers;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// The backward scan in floats: lanes are channels, see <see cref="ScanBlock{TWidth, TVector}"/>. No (L, E, N) tensor is kept: a first
/// run stores the state at the start of every chunk of steps; then, from the last chunk to the first, the chunk's decays and states are
/// computed again into the first-level cache and the adjoint runs through them.
/// A piece of work is one group of channels of a few items. dB and dC are sums over channels: a group adds its lane blocks as vectors
/// and its lanes once, and the groups are added at the end in order; dALog likewise over items. Group sizes follow from the shapes alone,
/// so every thread count gives the same bits.
/// </summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe class SelectiveScanBackward<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    // Items of a piece share one dALog, which keeps that buffer small beside the activations.
    private const int ItemsAtOnce = 4;

    // dB and dC of a chunk hold this many (step, state) pairs: two times 8 kB with 16 lanes.
    private const int ChunkPairs = 128;

    private const int StatesAtOnce = ScanBlock<TWidth, TVector>.StatesAtOnce;

    private const float Ln2 = 0.693147180559945309f;

    private static int Lanes => TWidth.Lanes;

    /// <summary>The wanted adjoints, from gy (Batch, L, E).</summary>
    public static void Run(Workers workers, ScanInputs<float> inputs, Activation<float> gy, ScanAdjoints<float> adjoints)
    {
        var (batch, E, N, L) = (inputs.U.Batch, inputs.U.Width, inputs.B.Width, inputs.Order.Length);
        var channels = E < 512 ? 64 : 128; // of a group; fewer channels need more groups to share out
        var groups = (E + channels - 1) / channels;
        var itemBlocks = (batch + ItemsAtOnce - 1) / ItemsAtOnce;
        var partB = adjoints.B is null ? [] : ArrayPool<float>.Shared.Rent(batch * groups * L * N); // [item][group][step][state]
        var partC = adjoints.C is null ? [] : ArrayPool<float>.Shared.Rent(batch * groups * L * N);
        var partALog = adjoints.ALog is null ? [] : ArrayPool<float>.Shared.Rent(itemBlocks * E * N); // [item block][e][state]
        try
        {
            workers.For(itemBlocks * groups, piece =>
            {
                var (itemBlock, group) = (piece / groups, piece % groups);
                var first = group * channels;
                var shape = new Shape(first, Math.Min(channels, E - first), E, N, L);
                ScanScratch.Use(shape.ScratchLength, memory =>
                {
                    var scratch = new Scratch(memory, shape);
                    Prepare(inputs, shape, scratch);
                    for (var item = itemBlock * ItemsAtOnce; item < Math.Min(batch, (itemBlock + 1) * ItemsAtOnce); item++)
                    {
                        var part = ((item * groups) + group) * L * N;
                        RunGroup(inputs, gy, adjoints, item, shape, scratch, partB.AsSpan(Math.Min(part, partB.Length)), partC.AsSpan(Math.Min(part, partC.Length)));
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
            ScanBlock<TWidth, TVector>.PackRates(inputs.ALog.Data, shape.N, shape.Channel(block), shape.Count(block), scratch.Rates + (block * shape.State));
        }

        new Span<float>(scratch.DRates, shape.Blocks * shape.State).Clear();
    }

    private static void RunGroup(
        in ScanInputs<float> inputs, Activation<float> gy, in ScanAdjoints<float> adjoints, int item, in Shape shape, in Scratch scratch, Span<float> partB, Span<float> partC)
    {
        ScanBlock<TWidth, TVector>.PackCoefficients(inputs.B, item, inputs.Order.Tokens, scratch.B);
        ScanBlock<TWidth, TVector>.PackCoefficients(inputs.C, item, inputs.Order.Tokens, scratch.C);
        StoreCheckpoints(inputs, item, shape, scratch);
        new Span<float>(scratch.G, shape.Blocks * shape.State).Clear();
        for (var chunk = shape.Chunks - 1; chunk >= 0; chunk--)
        {
            var start = chunk * shape.Chunk;
            var tokens = inputs.Order.Tokens[start..Math.Min(start + shape.Chunk, shape.L)];
            new Span<float>(scratch.DB, tokens.Length * shape.State).Clear();
            new Span<float>(scratch.DC, tokens.Length * shape.State).Clear();
            for (var block = 0; block < shape.Blocks; block++)
            {
                RunChunk(inputs, gy, adjoints, item, tokens, chunk, block, shape, scratch);
            }

            if (adjoints.B is not null)
            {
                AddLanes(scratch.DB, partB[(start * shape.N)..], tokens.Length, shape.N, shape.States);
            }

            if (adjoints.C is not null)
            {
                AddLanes(scratch.DC, partC[(start * shape.N)..], tokens.Length, shape.N, shape.States);
            }
        }
    }

    // The state before each chunk, [chunk][block][state][lane].
    private static void StoreCheckpoints(in ScanInputs<float> inputs, int item, in Shape shape, in Scratch scratch)
    {
        var all = shape.Blocks * shape.State;
        new Span<float>(scratch.Checkpoints, all).Clear();
        for (var chunk = 0; chunk < shape.Chunks - 1; chunk++)
        {
            var start = chunk * shape.Chunk;
            var tokens = inputs.Order.Tokens.Slice(start, shape.Chunk);
            var from = scratch.Checkpoints + ((long)chunk * all);
            new Span<float>(from, all).CopyTo(new Span<float>(from + all, all));
            for (var block = 0; block < shape.Blocks; block++)
            {
                PackSteps(inputs, item, tokens, block, shape, scratch);
                for (var n = 0; n < shape.States; n += StatesAtOnce)
                {
                    var at = (block * shape.State) + (n * Lanes);
                    ScanBlock<TWidth, TVector>.Advance(
                        scratch.Delta, scratch.DeltaU, scratch.Rates + at, from + all + at, scratch.B + (start * shape.States) + n, c: null, y: null, shape.Chunk, shape.States);
                }
            }
        }
    }

    private static void PackSteps(in ScanInputs<float> inputs, int item, ReadOnlySpan<int> tokens, int block, in Shape shape, in Scratch scratch)
    {
        var (channel, count) = (shape.Channel(block), shape.Count(block));
        ScanBlock<TWidth, TVector>.Pack(inputs.Delta, item, tokens, channel, count, scratch.Delta);
        ScanBlock<TWidth, TVector>.Pack(inputs.U, item, tokens, channel, count, scratch.U);
        ScanBlock<TWidth, TVector>.Multiply(scratch.Delta, scratch.U, scratch.DeltaU, tokens.Length);
    }

    private static void RunChunk(
        in ScanInputs<float> inputs, Activation<float> gy, in ScanAdjoints<float> adjoints, int item, ReadOnlySpan<int> tokens, int chunk, int block, in Shape shape, in Scratch scratch)
    {
        var steps = tokens.Length;
        var (channel, count) = (shape.Channel(block), shape.Count(block));
        PackSteps(inputs, item, tokens, block, shape, scratch);
        ScanBlock<TWidth, TVector>.Pack(gy, item, tokens, channel, count, scratch.Gy);
        new Span<float>(scratch.SumU, steps * Lanes).Clear();
        new Span<float>(scratch.SumRate, steps * Lanes).Clear();
        for (var n = 0; n < shape.States; n += StatesAtOnce)
        {
            var at = (block * shape.State) + (n * Lanes);
            var coefficients = (chunk * shape.Chunk * shape.States) + n;
            var checkpoint = scratch.Checkpoints + ((long)chunk * shape.Blocks * shape.State) + at;
            Recompute(scratch, scratch.Rates + at, checkpoint, scratch.B + coefficients, scratch.DC + (n * Lanes), steps, shape.States);
            Reverse(scratch, scratch.Rates + at, scratch.G + at, scratch.DRates + at, scratch.B + coefficients, scratch.C + coefficients, scratch.DB + (n * Lanes), steps, shape.States);
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

    // Four states through a chunk: keeps each step's decay and the state before it, and adds gy h to dC.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Recompute(in Scratch scratch, float* rates, float* states, float* b, float* dc, int steps, int rowStride)
    {
        float* delta = scratch.Delta, deltaU = scratch.DeltaU, gy = scratch.Gy, decays = scratch.Decays, before = scratch.Before;
        var (r0, r1, r2, r3) = (Load(rates, 0), Load(rates, 1), Load(rates, 2), Load(rates, 3));
        var (h0, h1, h2, h3) = (Load(states, 0), Load(states, 1), Load(states, 2), Load(states, 3));
        for (var t = 0; t < steps; t++)
        {
            var dt = Load(delta, t);
            var minus = TWidth.Subtract(TWidth.Zero, dt);
            var du = Load(deltaU, t);
            var g = Load(gy, t);
            Store(h0, before, 0);
            Store(h1, before, 1);
            Store(h2, before, 2);
            Store(h3, before, 3);

            var decay = ScanBlock<TWidth, TVector>.Decay(dt, minus, r0);
            Store(decay, decays, 0);
            h0 = TWidth.MultiplyAdd(decay, h0, TWidth.Multiply(du, TWidth.Create(b[0])));
            Store(TWidth.MultiplyAdd(g, h0, Load(dc, 0)), dc, 0);

            decay = ScanBlock<TWidth, TVector>.Decay(dt, minus, r1);
            Store(decay, decays, 1);
            h1 = TWidth.MultiplyAdd(decay, h1, TWidth.Multiply(du, TWidth.Create(b[1])));
            Store(TWidth.MultiplyAdd(g, h1, Load(dc, 1)), dc, 1);

            decay = ScanBlock<TWidth, TVector>.Decay(dt, minus, r2);
            Store(decay, decays, 2);
            h2 = TWidth.MultiplyAdd(decay, h2, TWidth.Multiply(du, TWidth.Create(b[2])));
            Store(TWidth.MultiplyAdd(g, h2, Load(dc, 2)), dc, 2);

            decay = ScanBlock<TWidth, TVector>.Decay(dt, minus, r3);
            Store(decay, decays, 3);
            h3 = TWidth.MultiplyAdd(decay, h3, TWidth.Multiply(du, TWidth.Create(b[3])));
            Store(TWidth.MultiplyAdd(g, h3, Load(dc, 3)), dc, 3);

            b += rowStride;
            dc += rowStride * TWidth.Lanes;
            decays += StatesAtOnce * TWidth.Lanes;
            before += StatesAtOnce * TWidth.Lanes;
        }
    }

    // Four states back through the chunk. G holds decay_{t+1} G_{t+1} between steps. With flow = G decay h_{t-1}, the part of the
    // adjoint that passes through the decay: sum over n of rate * flow for dDelta, sum over t of Delta * flow for dA.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Reverse(in Scratch scratch, float* rates, float* adjoint, float* dRates, float* b, float* c, float* db, int steps, int rowStride)
    {
        float* delta = scratch.Delta, deltaU = scratch.DeltaU, gy = scratch.Gy, sumU = scratch.SumU, sumRate = scratch.SumRate;
        var decays = scratch.Decays + (steps * StatesAtOnce * TWidth.Lanes);
        var before = scratch.Before + (steps * StatesAtOnce * TWidth.Lanes);
        b += steps * rowStride;
        c += steps * rowStride;
        db += steps * rowStride * TWidth.Lanes;
        var (r0, r1, r2, r3) = (Load(rates, 0), Load(rates, 1), Load(rates, 2), Load(rates, 3));
        var (g0, g1, g2, g3) = (Load(adjoint, 0), Load(adjoint, 1), Load(adjoint, 2), Load(adjoint, 3));
        var (d0, d1, d2, d3) = (Load(dRates, 0), Load(dRates, 1), Load(dRates, 2), Load(dRates, 3));
        for (var t = steps - 1; t >= 0; t--)
        {
            b -= rowStride;
            c -= rowStride;
            db -= rowStride * TWidth.Lanes;
            decays -= StatesAtOnce * TWidth.Lanes;
            before -= StatesAtOnce * TWidth.Lanes;
            var dt = Load(delta, t);
            var du = Load(deltaU, t);
            var g = Load(gy, t);
            var throughB = Load(sumU, t);
            var throughRate = Load(sumRate, t);

            g0 = TWidth.MultiplyAdd(g, TWidth.Create(c[0]), g0);
            throughB = TWidth.MultiplyAdd(TWidth.Create(b[0]), g0, throughB);
            Store(TWidth.MultiplyAdd(du, g0, Load(db, 0)), db, 0);
            g0 = TWidth.Multiply(Load(decays, 0), g0);
            var flow = TWidth.Multiply(Load(before, 0), g0);
            throughRate = TWidth.MultiplyAdd(r0, flow, throughRate);
            d0 = TWidth.MultiplyAdd(dt, flow, d0);

            g1 = TWidth.MultiplyAdd(g, TWidth.Create(c[1]), g1);
            throughB = TWidth.MultiplyAdd(TWidth.Create(b[1]), g1, throughB);
            Store(TWidth.MultiplyAdd(du, g1, Load(db, 1)), db, 1);
            g1 = TWidth.Multiply(Load(decays, 1), g1);
            flow = TWidth.Multiply(Load(before, 1), g1);
            throughRate = TWidth.MultiplyAdd(r1, flow, throughRate);
            d1 = TWidth.MultiplyAdd(dt, flow, d1);

            g2 = TWidth.MultiplyAdd(g, TWidth.Create(c[2]), g2);
            throughB = TWidth.MultiplyAdd(TWidth.Create(b[2]), g2, throughB);
            Store(TWidth.MultiplyAdd(du, g2, Load(db, 2)), db, 2);
            g2 = TWidth.Multiply(Load(decays, 2), g2);
            flow = TWidth.Multiply(Load(before, 2), g2);
            throughRate = TWidth.MultiplyAdd(r2, flow, throughRate);
            d2 = TWidth.MultiplyAdd(dt, flow, d2);

            g3 = TWidth.MultiplyAdd(g, TWidth.Create(c[3]), g3);
            throughB = TWidth.MultiplyAdd(TWidth.Create(b[3]), g3, throughB);
            Store(TWidth.MultiplyAdd(du, g3, Load(db, 3)), db, 3);
            g3 = TWidth.Multiply(Load(decays, 3), g3);
            flow = TWidth.Multiply(Load(before, 3), g3);
            throughRate = TWidth.MultiplyAdd(r3, flow, throughRate);
            d3 = TWidth.MultiplyAdd(dt, flow, d3);

            Store(throughB, sumU, t);
            Store(throughRate, sumRate, t);
        }

        Store(g0, adjoint, 0);
        Store(g1, adjoint, 1);
        Store(g2, adjoint, 2);
        Store(g3, adjoint, 3);
        Store(d0, dRates, 0);
        Store(d1, dRates, 1);
        Store(d2, dRates, 2);
        Store(d3, dRates, 3);
    }

    // From the sums over n: dDelta = u sum(B G) - ln 2 sum(rate flow), since A = -ln 2 rate; du = Delta sum(B G).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish(in Scratch scratch, int steps)
    {
        for (var t = 0; t < steps; t++)
        {
            var throughB = Load(scratch.SumU, t);
            var throughRate = TWidth.Multiply(TWidth.Create(-Ln2), Load(scratch.SumRate, t));
            Store(TWidth.MultiplyAdd(Load(scratch.U, t), throughB, throughRate), scratch.SumRate, t);
            Store(TWidth.Multiply(Load(scratch.Delta, t), throughB), scratch.SumU, t);
        }
    }

    // Sums of the lanes, (steps, N), from [step][state][lane].
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddLanes(float* vectors, Span<float> sums, int steps, int N, int states)
    {
        for (var t = 0; t < steps; t++)
        {
            for (var n = 0; n < N; n++)
            {
                sums[(t * N) + n] = TWidth.Sum(Load(vectors, (t * states) + n));
            }
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
                    System.Numerics.Tensors.TensorPrimitives.Add(row, parts.AsSpan(((((item * groups) + group) * L) + t) * N, N), row);
                }
            }
        });
    }

    private static TVector Load(float* source, int index) => ScanBlock<TWidth, TVector>.Load(source, index);

    private static void Store(TVector value, float* target, int index) => ScanBlock<TWidth, TVector>.Store(value, target, index);

    // Sizes of one piece.
    private readonly record struct Shape(int First, int Channels, int E, int N, int L)
    {
        public int Blocks => ScanBlock<TWidth, TVector>.Blocks(Channels);

        public int States => ScanBlock<TWidth, TVector>.PaddedStates(N);

        // One [state][lane] array.
        public int State => States * Lanes;

        public int Chunk => Math.Max(4, ChunkPairs / States);

        public int Chunks => (L + Chunk - 1) / Chunk;

        public int ScratchLength
            => (((Chunks + 3) * Blocks) + (2 * Chunk)) * State // checkpoints, rates, their adjoints, G; dB, dC
                + (((6 + (2 * StatesAtOnce)) * Chunk) * Lanes) // six [step][lane] arrays; decays and states of four states
                + (2 * L * States); // B, C

        public int Channel(int block) => First + (block * Lanes);

        public int Count(int block) => Math.Min(Lanes, Channels - (block * Lanes));
    }

    // Where the arrays of one piece lie.
    private readonly struct Scratch
    {
        public readonly float* Rates, DRates, G; // [block][state][lane]
        public readonly float* Checkpoints; // [chunk][block][state][lane]
        public readonly float* DB, DC; // [step][state][lane]
        public readonly float* Delta, U, DeltaU, Gy, SumU, SumRate; // [step][lane]
        public readonly float* Decays, Before; // [step][four states][lane]
        public readonly float* B, C; // [step of all L][state]

        public Scratch(float* memory, in Shape shape)
        {
            var (all, chunk, steps) = (shape.Blocks * shape.State, shape.Chunk * shape.State, shape.Chunk * Lanes);
            Rates = memory;
            DRates = Rates + all;
            G = DRates + all;
            DB = G + all;
            DC = DB + chunk;
            Delta = DC + chunk;
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
        }
    }
}
