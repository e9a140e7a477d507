using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mambascope.Numerics;

/// <summary>
/// The backward scan of Mamba-2 in floats, chunk by chunk from the last to the first; notation of
/// <see cref="HeadScanChunk{TWidth, TVector}"/>, Γ the adjoint of the state after the chunk, M[t, j] = C_t B_j, X[t, j] = (gy_t u_j) R[t,
/// j] Delta_j: du_j = Delta_j (E_j B_j Γ + sum_t M[t, j] R[t, j] gy_t); dC_t = D_t S gy_t + sum_j X[t, j] B_j; dB_j = E_j Delta_j Γ u_j +
/// sum_t X[t, j] C_t; Γ before the chunk = D_{Q-1} Γ + sum_t D_t C_t gy_t. What flows through the decay of step s (its logarithm's adjoint)
/// is F_s = D_{Q-1} sum Γ S + sum over t from s of D_t C_t S gy_t + sum over j before s of E_j Delta_j B_j Γ u_j + sum over both of X[t, j]
/// M[t, j], so dDelta_s = a F_s + sum_p u_s du_s / Delta_s and dALog = a sum_s Delta_s F_s. A piece is some heads of a group: X is added up
/// over them, so that its products with B and C are done once.
/// </summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe class HeadScanBackward<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    private const int HeadsAtOnce = 6;

    private const int Q = HeadScanChunk<TWidth, TVector>.Steps;

    /// <summary>The wanted adjoints from gy (Batch, L, H P); states (H, P, N) as in <see cref="SelectiveScan.Backward"/>.</summary>
    public static void Run(
        Workers workers, ScanInputs<float> inputs, Activation<float> gy, ScanAdjoints<float> adjoints, float[]? before, float[]? dState)
    {
        var shape = new HeadScanShape(inputs, gy.Width, HeadsAtOnce);
        var (L, N) = (inputs.Order.Length, shape.N);
        var partB = ArrayPool<float>.Shared.Rent(shape.Pieces * L * N); // [piece][step][state]
        var partC = ArrayPool<float>.Shared.Rent(shape.Pieces * L * N);
        var dALog = new float[gy.Batch * shape.H];
        try
        {
            var sizes = new Sizes(
                HeadScanChunk<TWidth, TVector>.Padded(N), HeadScanChunk<TWidth, TVector>.Padded(shape.P), (L + Q - 1) / Q);
            workers.For(shape.Pieces, piece =>
                ScanScratch.Use(sizes.Length, memory =>
                    RunPiece(
                        inputs, gy, adjoints, before, dState, shape, piece, new Scratch(memory, sizes),
                        partB.AsSpan(piece * L * N, L * N), partC.AsSpan(piece * L * N, L * N), dALog)));
            AddPieces(workers, partB, shape, inputs.Order, adjoints.B);
            AddPieces(workers, partC, shape, inputs.Order, adjoints.C);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(partB);
            ArrayPool<float>.Shared.Return(partC);
        }

        for (var i = 0; adjoints.ALog is { } total && i < dALog.Length; i++)
        {
            total[i % shape.H] += dALog[i];
        }
    }

    private static void RunPiece(
        in ScanInputs<float> inputs,
        Activation<float> gy,
        in ScanAdjoints<float> adjoints,
        float[]? before,
        float[]? dState,
        in HeadScanShape shape,
        int piece,
        in Scratch scratch,
        Span<float> partB,
        Span<float> partC,
        float[] dALog)
    {
        var (item, group, from, to) = shape.Piece(piece);
        var (N, states, chunks) = (shape.N, scratch.Sizes.States, scratch.Sizes.Chunks);
        new Span<float>(scratch.X, chunks * Q * Q).Clear();
        new Span<float>(scratch.DB, chunks * Q * states).Clear();
        new Span<float>(scratch.DC, chunks * Q * states).Clear();
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            var tokens = HeadScanChunk<TWidth, TVector>.Tokens(inputs.Order.Tokens, chunk);
            var b = scratch.B + (chunk * Q * states);
            var c = scratch.C + (chunk * Q * states);
            HeadScanChunk<TWidth, TVector>.Pack(inputs.B, item, tokens, group * N, N, b);
            HeadScanChunk<TWidth, TVector>.Pack(inputs.C, item, tokens, group * N, N, c);
            HeadScanChunk<TWidth, TVector>.Overlaps(b, c, states, scratch.Turned, scratch.M + (chunk * Q * Q));
        }

        for (var h = from; h < to; h++)
        {
            StoreStates(inputs, before, item, h, shape, scratch);
            dALog[(item * shape.H) + h] = Reverse(inputs, gy, adjoints, dState, item, h, shape, scratch);
        }

        for (var chunk = 0; chunk < chunks; chunk++)
        {
            var x = scratch.X + (chunk * Q * Q);
            var at = chunk * Q * states;
            HeadScanChunk<TWidth, TVector>.AddLower(x, scratch.B + at, scratch.DC + at, states);
            HeadScanChunk<TWidth, TVector>.AddLowerTransposed(x, scratch.C + at, scratch.DB + at, states);
        }

        for (var t = 0; t < inputs.Order.Length; t++)
        {
            new Span<float>(scratch.DB + (t * states), N).CopyTo(partB[(t * N)..]);
            new Span<float>(scratch.DC + (t * states), N).CopyTo(partC[(t * N)..]);
        }
    }

    // The state before each chunk, [chunk][channels][states].
    private static void StoreStates(
        in ScanInputs<float> inputs, float[]? before, int item, int h, in HeadScanShape shape, in Scratch scratch)
    {
        var (P, N) = (shape.P, shape.N);
        var (states, channels, chunks) = scratch.Sizes;
        var (size, factors) = (channels * states, scratch.Factors);
        new Span<float>(scratch.S, size).Clear();
        for (var p = 0; before is not null && p < P; p++)
        {
            before.AsSpan(((h * P) + p) * N, N).CopyTo(new Span<float>(scratch.S + (p * states), N));
        }

        for (var chunk = 0; chunk < chunks - 1; chunk++)
        {
            var tokens = HeadScanChunk<TWidth, TVector>.Tokens(inputs.Order.Tokens, chunk);
            var S = scratch.S + ((long)chunk * size);
            HeadScanChunk<TWidth, TVector>.Decays(inputs.Delta, item, tokens, h, HeadScanShape.Rate(inputs, h), factors);
            HeadScanChunk<TWidth, TVector>.Pack(inputs.U, item, tokens, h * P, P, scratch.U);
            HeadScanChunk<TWidth, TVector>.Prefetch(inputs.U, item, inputs.Order.Tokens, chunk + 1, h * P, P);
            HeadScanChunk<TWidth, TVector>.ScaleRows(scratch.U, factors.Weight, scratch.U, channels);
            Buffer.MemoryCopy(S, S + size, size * sizeof(float), size * sizeof(float));
            SmallProduct<TWidth, TVector>.Run(
                scratch.U, 1, channels, scratch.B + (chunk * Q * states), states, S + size, states, channels, states, Q, factors.Whole);
        }
    }

    // One head back through time; gives its share of dALog.
    private static float Reverse(
        in ScanInputs<float> inputs,
        Activation<float> gy,
        in ScanAdjoints<float> adjoints,
        float[]? dState,
        int item,
        int h,
        in HeadScanShape shape,
        in Scratch scratch)
    {
        var (P, N, rate) = (shape.P, shape.N, HeadScanShape.Rate(inputs, h));
        var (states, channels, chunks) = scratch.Sizes;
        var (size, factors, flow) = (channels * states, scratch.Factors, scratch.Flow);
        new Span<float>(scratch.G, size).Clear();
        for (var p = 0; dState is not null && p < P; p++)
        {
            dState.AsSpan(((h * P) + p) * N, N).CopyTo(new Span<float>(scratch.G + (p * states), N));
        }

        HeadScanChunk<TWidth, TVector>.Transpose(scratch.G, states, channels, states, scratch.TurnedG, channels);
        var dALog = 0.0;
        for (var chunk = chunks - 1; chunk >= 0; chunk--)
        {
            var tokens = HeadScanChunk<TWidth, TVector>.Tokens(inputs.Order.Tokens, chunk);
            var b = scratch.B + (chunk * Q * states);
            var c = scratch.C + (chunk * Q * states);
            var S = scratch.S + ((long)chunk * size);
            var m = scratch.M + (chunk * Q * Q);
            HeadScanChunk<TWidth, TVector>.Decays(inputs.Delta, item, tokens, h, rate, factors);
            HeadScanChunk<TWidth, TVector>.Products(factors.Decay, scratch.R);
            HeadScanChunk<TWidth, TVector>.Pack(inputs.U, item, tokens, h * P, P, scratch.U);
            HeadScanChunk<TWidth, TVector>.Pack(gy, item, tokens, h * P, P, scratch.Gy);
            HeadScanChunk<TWidth, TVector>.Prefetch(inputs.U, item, inputs.Order.Tokens, chunk - 1, h * P, P);
            HeadScanChunk<TWidth, TVector>.Prefetch(gy, item, inputs.Order.Tokens, chunk - 1, h * P, P);

            // du / Delta: through the state after the chunk first, then from the steps of the chunk.
            SmallProduct<TWidth, TVector>.Run(
                b, states, 1, scratch.TurnedG, channels, scratch.Sums, channels, Q, channels, states, keep: 0, factors.Rest);
            HeadScanChunk<TWidth, TVector>.RowDots(scratch.U, scratch.Sums, flow.Leaving, channels);
            HeadScanChunk<TWidth, TVector>.Multiply(scratch.R, m, scratch.Product, Q * Q);
            HeadScanChunk<TWidth, TVector>.AddLowerTransposed(scratch.Product, scratch.Gy, scratch.Sums, channels);
            HeadScanChunk<TWidth, TVector>.RowDots(scratch.U, scratch.Sums, flow.Direct, channels);

            // X, and from X M what flows from steps of the chunk to steps of the chunk.
            HeadScanChunk<TWidth, TVector>.Transpose(scratch.U, channels, Q, channels, scratch.TurnedU, Q);
            SmallProduct<TWidth, TVector>.Run(scratch.Gy, channels, 1, scratch.TurnedU, Q, scratch.Product, Q, Q, Q, channels, keep: 0);
            Pairs(scratch.Product, scratch.R, factors.Delta, m, scratch.X + (chunk * Q * Q), flow);

            SmallProduct<TWidth, TVector>.Run(
                scratch.Gy, channels, 1, S, states, scratch.Line, states, Q, states, channels, keep: 0, factors.Reach);
            HeadScanChunk<TWidth, TVector>.RowDots(c, scratch.Line, flow.Entering, states);
            Add(scratch.Line, scratch.DC + (chunk * Q * states), Q * states);
            SmallProduct<TWidth, TVector>.Run(
                scratch.U, channels, 1, scratch.G, states, scratch.DB + (chunk * Q * states), states, Q, states,
                channels, keep: 1, factors.Weight);

            // F: every term holds the step's own decay, and nothing is taken away again: a step that forgets everything has F = 0 as
            // exactly.
            var through = factors.Whole * HeadScanChunk<TWidth, TVector>.Dot(scratch.G, S, size);
            for (var t = Q - 1; t >= 0; t--)
            {
                through += flow.Entering[t];
                flow.Within[t] += through;
            }

            var left = 0f;
            for (var t = 0; t < tokens.Length; t++)
            {
                var F = flow.Within[t] + left;
                dALog += (double)rate * factors.Delta[t] * F;
                left += factors.Delta[t] * flow.Leaving[t];
                if (adjoints.Delta is { } dDelta)
                {
                    dDelta.Row(item, tokens[t])[h] = (rate * F) + flow.Direct[t];
                }
            }

            if (adjoints.U is { } dU)
            {
                HeadScanChunk<TWidth, TVector>.ScaleRows(scratch.Sums, factors.Delta, scratch.Sums, channels);
                for (var t = 0; t < tokens.Length; t++)
                {
                    var row = new ReadOnlySpan<float>(scratch.Sums + (t * channels), P);
                    var to = dU.Row(item, tokens[t]).Slice(h * P, P);
                    if (adjoints.AccumulateU)
                    {
                        TensorPrimitives.Add(to, row, to);
                    }
                    else
                    {
                        row.CopyTo(to);
                    }
                }
            }

            HeadScanChunk<TWidth, TVector>.ScaleRows(scratch.Gy, factors.Reach, scratch.Gy, channels);
            SmallProduct<TWidth, TVector>.Run(scratch.Gy, 1, channels, c, states, scratch.G, states, channels, states, Q, factors.Whole);
            HeadScanChunk<TWidth, TVector>.Transpose(scratch.G, states, channels, states, scratch.TurnedG, channels);
        }

        for (var p = 0; dState is not null && p < P; p++)
        {
            new ReadOnlySpan<float>(scratch.G + (p * states), N).CopyTo(dState.AsSpan(((h * P) + p) * N, N));
        }

        return (float)dALog;
    }

    // From K[t, j] = gy_t u_j: X = K R Delta_j, added to x; and Within[s], the sum of X M over t from s and j before s: column sums that
    // grow from the last row up, and lose a column that no earlier step needs.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Pairs(float* k, float* r, float* delta, float* m, float* x, in FlowSums flow)
    {
        var lanes = TWidth.Lanes;
        var columns = flow.Columns;
        new Span<float>(columns, Q).Clear();
        for (var t = Q - 1; t >= 0; t--)
        {
            var at = (nuint)(t * Q);
            for (var j = 0; j < Q; j += lanes)
            {
                var i = at + (nuint)j;
                var value = TWidth.Multiply(
                    TWidth.Multiply(TWidth.Load(ref *k, i), TWidth.Load(ref *r, i)), TWidth.Load(ref *delta, (nuint)j));
                TWidth.Store(TWidth.Add(TWidth.Load(ref *x, i), value), ref *x, i);
                TWidth.Store(
                    TWidth.MultiplyAdd(value, TWidth.Load(ref *m, i), TWidth.Load(ref *columns, (nuint)j)), ref *columns, (nuint)j);
            }

            columns[t] = 0;
            var sum = TWidth.Zero;
            for (var j = 0; j < Q; j += lanes)
            {
                sum = TWidth.Add(sum, TWidth.Load(ref *columns, (nuint)j));
            }

            flow.Within[t] = TWidth.Sum(sum);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Add(float* from, float* to, int count)
    {
        for (var i = 0; i < count; i += TWidth.Lanes)
        {
            TWidth.Store(TWidth.Add(TWidth.Load(ref *to, (nuint)i), TWidth.Load(ref *from, (nuint)i)), ref *to, (nuint)i);
        }
    }

    private static void AddPieces(Workers workers, float[] pieces, HeadScanShape shape, ScanOrder order, Activation<float>? target)
    {
        if (target is not { } sums)
        {
            return;
        }

        var (L, N) = (sums.Length, shape.N);
        workers.For(sums.Batch, item =>
        {
            for (var t = 0; t < L; t++)
            {
                var row = sums.Row(item, order.Tokens[t]);
                row.Clear();
                for (var piece = item * shape.Groups * shape.Parts; piece < (item + 1) * shape.Groups * shape.Parts; piece++)
                {
                    var part = row.Slice(shape.Piece(piece).Group * N, N);
                    TensorPrimitives.Add(part, pieces.AsSpan(((piece * L) + t) * N, N), part);
                }
            }
        });
    }

    // Padded sizes of one piece.
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Sizes(int States, int Channels, int Chunks)
    {
        public int Length
            => (Chunks * ((4 * Q * States) + (2 * Q * Q) + (Channels * States)))
            + (2 * Q * States)
            + (2 * Q * Q)
            + (4 * Q * Channels)
            + (2 * Channels * States)
            + FlowSums.Length
            + HeadScanChunk<TWidth, TVector>.Factors.Length;
    }

    // Where the arrays of one piece lie.
    [StructLayout(LayoutKind.Auto)]
    private readonly struct Scratch
    {
        public readonly Sizes Sizes;
        public readonly float* B, C, DB, DC; // [step of all chunks][states]
        public readonly float* M, X; // [chunk][Q][Q]
        public readonly float* S; // [chunk][channels][states]
        public readonly float* Turned; // [states][Q]
        public readonly float* Line; // [Q][states]
        public readonly float* R, Product; // [Q][Q]
        public readonly float* U, Gy, Sums; // [Q][channels]
        public readonly float* TurnedU; // [channels][Q]
        public readonly float* G; // [channels][states]
        public readonly float* TurnedG; // [states][channels]
        public readonly FlowSums Flow;
        public readonly HeadScanChunk<TWidth, TVector>.Factors Factors;

        public Scratch(float* memory, Sizes sizes)
        {
            Sizes = sizes;
            var (states, channels, chunks) = sizes;
            var all = chunks * Q * states;
            B = memory;
            C = B + all;
            DB = C + all;
            DC = DB + all;
            M = DC + all;
            X = M + (chunks * Q * Q);
            S = X + (chunks * Q * Q);
            Turned = S + ((long)chunks * channels * states);
            Line = Turned + (Q * states);
            R = Line + (Q * states);
            Product = R + (Q * Q);
            U = Product + (Q * Q);
            Gy = U + (Q * channels);
            Sums = Gy + (Q * channels);
            TurnedU = Sums + (Q * channels);
            G = TurnedU + (Q * channels);
            TurnedG = G + (channels * states);
            Flow = new FlowSums(TurnedG + (channels * states));
            Factors = new(Flow.After);
        }
    }

    // What flows through the decay of each step: from the state before the chunk into its steps (times gy), from its steps to the state
    // after (over Delta), from step to step; and u times all that arrives.
    private readonly struct FlowSums(float* memory)
    {
        public const int Length = 5 * Q;

        public float* Entering => memory;

        public float* Leaving => memory + Q;

        public float* Within => memory + (2 * Q);

        public float* Columns => memory + (3 * Q);

        public float* Direct => memory + (4 * Q);

        public float* After => memory + Length;
    }
}
