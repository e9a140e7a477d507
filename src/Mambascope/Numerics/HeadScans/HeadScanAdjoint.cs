namespace Mambascope.Numerics;

/// <summary>
/// The adjoint product of Mamba-2 in floats, chunk by chunk from the last to the first: with the adjoint Γ of the state after a chunk,
/// w_j = Delta_j (E_j B_j Γ + sum over t from j of (C_t B_j) R[t, j] v_t), and before it Γ' = D_{Q-1} Γ + sum_t D_t C_t v_t;
/// see <see cref="HeadScanChunk{TWidth, TVector}"/>.
/// </summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe class HeadScanAdjoint<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    private const int HeadsAtOnce = 4;

    private const int Q = HeadScanChunk<TWidth, TVector>.Steps;

    /// <summary>
    /// w (Batch, L, H P) from v (Batch, L, H P) or (Batch, L, 1); from and into <paramref name="dState"/> (H, P or 1, N), where there is
    /// one.
    /// </summary>
    public static void Run(
        Workers workers, ScanInputs<float> inputs, Activation<float> v, Activation<float> w, int lastStep, float[]? dState)
    {
        var shape = new HeadScanShape(inputs, w.Width, HeadsAtOnce);
        var lines = v.Width == 1 ? 1 : shape.P; // the same weight in every channel of a head gives the same result
        var (states, channels) = (HeadScanChunk<TWidth, TVector>.Padded(shape.N), HeadScanChunk<TWidth, TVector>.Padded(lines));
        var scratch =
            (shape.LongestPart * states * channels)
            + (3 * Q * states)
            + (2 * Q * Q)
            + (2 * Q * channels)
            + HeadScanChunk<TWidth, TVector>.Factors.Length;
        w.Clear();
        workers.For(shape.Pieces, piece =>
            ScanScratch.Use(scratch, memory => RunPiece(inputs, v, w, lastStep, dState, shape, piece, lines, states, channels, memory)));
    }

    private static void RunPiece(
        in ScanInputs<float> inputs,
        Activation<float> v,
        Activation<float> w,
        int lastStep,
        float[]? dState,
        in HeadScanShape shape,
        int piece,
        int lines,
        int states,
        int channels,
        float* memory)
    {
        var (item, group, from, to) = shape.Piece(piece);
        var (N, P) = (shape.N, shape.P);
        var b = memory; // [Q][states]
        var c = b + (Q * states);
        var turned = c + (Q * states); // [states][Q]
        var m = turned + (Q * states); // [Q][Q]
        var r = m + (Q * Q);
        var g = r + (Q * Q); // [Q][channels]
        var sums = g + (Q * channels);
        var factors = new HeadScanChunk<TWidth, TVector>.Factors(sums + (Q * channels));
        var G = sums + (Q * channels) + HeadScanChunk<TWidth, TVector>.Factors.Length; // [head][states][channels]
        var size = states * channels;
        new Span<float>(G, (to - from) * size).Clear();
        for (var h = from; dState is not null && h < to; h++)
        {
            fixed (float* line = &dState[h * lines * N])
            {
                HeadScanChunk<TWidth, TVector>.Transpose(line, N, lines, N, G + ((h - from) * size), channels);
            }
        }

        var order = inputs.Order.Tokens[..(lastStep + 1)];
        for (var chunk = lastStep / Q; chunk >= 0; chunk--)
        {
            var tokens = HeadScanChunk<TWidth, TVector>.Tokens(order, chunk);
            HeadScanChunk<TWidth, TVector>.Pack(inputs.B, item, tokens, group * N, N, b);
            HeadScanChunk<TWidth, TVector>.Pack(inputs.C, item, tokens, group * N, N, c);
            HeadScanChunk<TWidth, TVector>.Overlaps(b, c, states, turned, m);
            for (var h = from; h < to; h++)
            {
                var G_h = G + ((h - from) * size);
                HeadScanChunk<TWidth, TVector>.Decays(inputs.Delta, item, tokens, h, HeadScanShape.Rate(inputs, h), factors);
                HeadScanChunk<TWidth, TVector>.Products(factors.Decay, r);
                HeadScanChunk<TWidth, TVector>.Multiply(r, m, r, Q * Q);
                HeadScanChunk<TWidth, TVector>.Pack(v, item, tokens, lines == 1 ? 0 : h * P, lines, g);
                HeadScanChunk<TWidth, TVector>.Prefetch(v, item, order, chunk - 1, lines == 1 ? 0 : h * P, lines);
                HeadScanChunk<TWidth, TVector>.Prefetch(w, item, order, chunk - 1, h * P, P);
                SmallProduct<TWidth, TVector>.Run(b, states, 1, G_h, channels, sums, channels, Q, channels, states, keep: 0, factors.Rest);
                HeadScanChunk<TWidth, TVector>.AddLowerTransposed(r, g, sums, channels);
                HeadScanChunk<TWidth, TVector>.ScaleRows(sums, factors.Delta, sums, channels);
                if (lines == P)
                {
                    HeadScanChunk<TWidth, TVector>.Unpack(sums, w, item, tokens, h * P, P);
                }
                else
                {
                    for (var t = 0; t < tokens.Length; t++)
                    {
                        w.Row(item, tokens[t]).Slice(h * P, P).Fill(sums[t * channels]);
                    }
                }

                HeadScanChunk<TWidth, TVector>.ScaleRows(g, factors.Reach, g, channels);
                SmallProduct<TWidth, TVector>.Run(c, 1, states, g, channels, G_h, channels, states, channels, Q, factors.Whole);
            }
        }

        for (var h = from; dState is not null && h < to; h++)
        {
            fixed (float* line = &dState[h * lines * N])
            {
                HeadScanChunk<TWidth, TVector>.Transpose(G + ((h - from) * size), channels, N, lines, line, N);
            }
        }
    }
}
