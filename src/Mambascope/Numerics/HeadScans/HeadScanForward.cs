namespace Mambascope.Numerics;

/// <summary>Mamba-2's forward scan in floats, chunk by chunk; see <see cref="HeadScanChunk{TWidth, TVector}"/>.</summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe class HeadScanForward<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    // Heads of a piece share the packed B and C and their products.
    private const int HeadsAtOnce = 4;

    private const int Q = HeadScanChunk<TWidth, TVector>.Steps;

    /// <summary>y (Batch, L, H P); from and into <paramref name="state"/> (H, P, N), where there is one.</summary>
    public static void Run(Workers workers, ScanInputs<float> inputs, Activation<float> y, float[]? state)
    {
        var shape = new HeadScanShape(inputs, y.Width, HeadsAtOnce);
        var (states, channels) = (HeadScanChunk<TWidth, TVector>.Padded(shape.N), HeadScanChunk<TWidth, TVector>.Padded(shape.P));
        var scratch =
            (shape.LongestPart * states * channels)
            + (3 * Q * states)
            + (2 * Q * Q)
            + (2 * Q * channels)
            + HeadScanChunk<TWidth, TVector>.Factors.Length;
        workers.For(shape.Pieces, piece =>
            ScanScratch.Use(scratch, memory => RunPiece(inputs, y, state, shape, piece, states, channels, memory)));
    }

    private static void RunPiece(
        in ScanInputs<float> inputs, Activation<float> y, float[]? state, in HeadScanShape shape, int piece, int states,
        int channels, float* memory)
    {
        var (item, group, from, to) = shape.Piece(piece);
        var (N, P) = (shape.N, shape.P);
        var b = memory; // [Q][states]
        var c = b + (Q * states);
        var turned = c + (Q * states); // [states][Q]
        var m = turned + (Q * states); // [Q][Q]
        var r = m + (Q * Q);
        var u = r + (Q * Q); // [Q][channels]
        var sums = u + (Q * channels);
        var factors = new HeadScanChunk<TWidth, TVector>.Factors(sums + (Q * channels));
        var S = sums + (Q * channels) + HeadScanChunk<TWidth, TVector>.Factors.Length; // [head][states][channels]
        var size = states * channels;
        new Span<float>(S, (to - from) * size).Clear();
        for (var h = from; state is not null && h < to; h++)
        {
            fixed (float* line = &state[h * P * N])
            {
                HeadScanChunk<TWidth, TVector>.Transpose(line, N, P, N, S + ((h - from) * size), channels);
            }
        }

        for (var chunk = 0; chunk * Q < inputs.Order.Length; chunk++)
        {
            var tokens = HeadScanChunk<TWidth, TVector>.Tokens(inputs.Order.Tokens, chunk);
            HeadScanChunk<TWidth, TVector>.Pack(inputs.B, item, tokens, group * N, N, b);
            HeadScanChunk<TWidth, TVector>.Pack(inputs.C, item, tokens, group * N, N, c);
            HeadScanChunk<TWidth, TVector>.Overlaps(b, c, states, turned, m);
            for (var h = from; h < to; h++)
            {
                var S_h = S + ((h - from) * size);
                HeadScanChunk<TWidth, TVector>.Decays(inputs.Delta, item, tokens, h, HeadScanShape.Rate(inputs, h), factors);
                HeadScanChunk<TWidth, TVector>.Products(factors.Decay, r);
                HeadScanChunk<TWidth, TVector>.Multiply(r, m, r, Q * Q);
                HeadScanChunk<TWidth, TVector>.Pack(inputs.U, item, tokens, h * P, P, u);
                HeadScanChunk<TWidth, TVector>.Prefetch(inputs.U, item, inputs.Order.Tokens, chunk + 1, h * P, P);
                HeadScanChunk<TWidth, TVector>.Prefetch(y, item, inputs.Order.Tokens, chunk + 1, h * P, P);
                SmallProduct<TWidth, TVector>.Run(c, states, 1, S_h, channels, sums, channels, Q, channels, states, keep: 0, factors.Reach);
                HeadScanChunk<TWidth, TVector>.ScaleRows(u, factors.Delta, u, channels);
                HeadScanChunk<TWidth, TVector>.AddLower(r, u, sums, channels);
                HeadScanChunk<TWidth, TVector>.Unpack(sums, y, item, tokens, h * P, P);
                HeadScanChunk<TWidth, TVector>.ScaleRows(u, factors.Rest, u, channels);
                SmallProduct<TWidth, TVector>.Run(b, 1, states, u, channels, S_h, channels, states, channels, Q, factors.Whole);
            }
        }

        for (var h = from; state is not null && h < to; h++)
        {
            fixed (float* line = &state[h * P * N])
            {
                HeadScanChunk<TWidth, TVector>.Transpose(S + ((h - from) * size), channels, N, P, line, N);
            }
        }
    }
}
