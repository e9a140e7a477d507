using System.Runtime.CompilerServices;
using Mambascope.Numerics;

namespace Mambascope.Attention;

/// <summary>
/// The whole matrix of one channel and direction, row tile by row tile, each entry folded at once into a total over channels.
/// Rows and columns count scan steps; the lanes of a register are neighbouring columns.
/// <para>
/// With m the last step before a tile of rows, every earlier column is a rank-N product: alpha[r, j] = sum_n P_r[n] Q_j[n] with
/// P_r[n] = C_r[n] exp(A (S_r - S_m)) and Q_j[n] = exp(A (S_m - S_j)) Delta_j B_j[n]. Both exponents are at most 0, so nothing
/// overflows. From tile to tile Q gains the tile's own columns and, when it is anchored anew, shrinks by exp(A (S_m' - S_m)). Where
/// no state decays much inside the tile, its own columns are anchored at m too; else W holds exp(A (S_r - S_j)) Delta_j B_j[n] for
/// them, decayed row by row.
/// </para>
/// <para>
/// The entry wanted is T_rj = rows_r columns_j sum_s conv[K-1-s] sigma_{j+s} (alpha + D I)_{r,j+s}; the S6 view has one tap of 1, sigma 1
/// and D 0. Far columns, whose taps all end before the tile, are a rank-N product as well, with V_j = columns_j sum_s conv[K-1-s]
/// sigma_{j+s} Q_{j+s}; near columns (the tile and the one before it) take the row of alpha diag(sigma) and then the convolution. rows_r is
/// part of P_r. The diagonal is written to a series of its own and is of no meaning in the total: there two directions meet, and a sign
/// rule acts on their sum.
/// </para>
/// </summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe class ChannelMatrixKernel<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    /// <summary>Rows of a tile; a multiple of every width's lanes.</summary>
    public const int Tile = 16;

    /// <summary>Longest convolution: its reach must stay within one tile.</summary>
    public const int MaxTaps = Tile;

    // Near columns of a row: the tile before, the tile itself, and zeros for the convolution to reach into.
    private const int Near = 3 * Tile;

    // What may be left of a state between the anchor of a column and its row: anchored further away, the column's 1/reach would leave the
    // range of float.
    private const float LeastReach = 1e-17f;

    // Decays below about 1e-27 become exactly zero: as denormals they would be slow, and they are nothing beside the rest.
    private const float Flush = 1e-20f;

    /// <summary>Floats between rows of the total: the steps, padded to tiles.</summary>
    public static int RowStride(int length) => ((length + Tile - 1) / Tile * Tile) + Tile;

    /// <summary>Scratch floats that <see cref="Fold"/> needs.</summary>
    public static int ScratchSize(int length, int states)
        => (states * (RowStride(length) + Near + (5 * Tile) + 1)) + Tile + (4 * Near) + (2 * Tile * Tile);

    /// <summary>Sets what <see cref="Fold"/> finds the same in its scratch every time: call it once before.</summary>
    public static void Prepare(int length, int states, float* scratch)
    {
        new Span<float>(scratch, ScratchSize(length, states)).Clear();
        var unit = Unit(length, states, scratch);
        for (var i = 0; i < Tile * Tile; i++)
        {
            unit[i] = i / Tile == i % Tile ? 1 : 0;
            unit[(Tile * Tile) + i] = i / Tile >= i % Tile ? 1 : 0;
        }
    }

    // Two tables of (Tile, Tile) at the end of the scratch: unit vectors, and rows of ones up to the diagonal.
    private static float* Unit(int length, int states, float* scratch) => scratch + ScratchSize(length, states) - (2 * Tile * Tile);

    /// <summary>
    /// Folds one channel's matrix into <paramref name="total"/> (L rows of <see cref="RowStride"/>) and its diagonal into
    /// <paramref name="diagonal"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Fold<TFold>(in ChannelSeries s, float* total, float* diagonal, float* scratch)
        where TFold : struct, IEntryFold<TWidth, TVector>
    {
        var (L, N, stride) = (s.Length, s.StateSize, RowStride(s.Length));
        var v = scratch; // (N, stride): far columns, convolved
        var q = v + (N * stride); // (N, Near): near columns
        var w = q + (N * Near); // (N, Tile): columns of the tile, decayed row by row
        var decays = w + (N * Tile); // (N, Tile): exp(A Delta_r)
        var p = decays + (N * Tile); // (N, Tile): rows
        var reach = p + (N * Tile); // (N, Tile): exp(A (S_r - S_m))
        var pFar = reach + (N * Tile); // (N, Tile): rows, for the far columns' anchor
        var lag = pFar + (N * Tile); // (N): exp(A (S_m - the far columns' anchor))
        var elapsed = lag + N; // (Tile): S_r - S_m
        var rows = elapsed + Tile; // (4, Near): near columns of rows of alpha diag(sigma)
        var unit = Unit(L, N, scratch);
        var lower = unit + (Tile * Tile);
        new Span<float>(q, N * Near).Clear();
        new Span<float>(lag, N).Fill(1);
        for (var first = 0; first < L; first += Tile)
        {
            var (count, far) = (Math.Min(Tile, L - first), Math.Max(0, first - Tile));
            Reach(s, first, elapsed, lag, reach, p, pFar);
            var isGentle = IsGentle(N, count, reach);
            if (isGentle)
            {
                Insert(s, first, reach, q + Tile);
            }
            else
            {
                Decay(s, first, decays);
                new Span<float>(w, N * Tile).Clear();
            }

            for (var r = 0; r < count; r += 4)
            {
                var four = Math.Min(4, count - r);
                Multiply<TFold>(N, pFar + r, four, v, stride, far, total + ((first + r) * (nint)stride), stride);
                Multiply<Overwrite<TWidth, TVector>>(N, p + r, four, q, Near, isGentle ? 2 * Tile : Tile, rows, Near);
                for (var i = 0; i < four; i++)
                {
                    var row = rows + (i * Near);
                    if (isGentle)
                    {
                        Mask(lower + ((r + i) * Tile), row + Tile);
                    }
                    else
                    {
                        Own(s, first + r + i, r + i, decays, w, unit, row + Tile);
                    }

                    row[Tile + r + i] += s.Skip * s.Sigma[first + r + i] * s.Rows[first + r + i];
                }

                // After all four: the convolution's loads straddle what was just stored, and would wait for it.
                for (var i = 0; i < four; i++)
                {
                    Finish<TFold>(s, first, r + i, rows + (i * Near), total + ((first + r + i) * (nint)stride), diagonal);
                }
            }

            Advance(s, first, far, isGentle, reach + count - 1, w, q, v, lag, stride);
        }
    }

    // reach[n, r] = exp(A (S_r - S_m)), p[n, r] = rows_r C_r reach[n, r], pFar likewise from the far columns' anchor; the steps are lanes.
    // Behind the last step nothing elapses.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Reach(in ChannelSeries s, int first, float* elapsed, float* lag, float* reach, float* p, float* pFar)
    {
        var sum = 0f;
        for (var r = 0; r < Tile; r++)
        {
            sum += s.Delta[first + r];
            elapsed[r] = sum;
        }

        for (var n = 0; n < s.StateSize; n++)
        {
            TVector a = TWidth.Create(s.A[n]), behind = TWidth.Create(lag[n]);
            var c = s.C + (n * s.Stride) + first;
            for (nuint r = 0; r < Tile; r += (nuint)TWidth.Lanes)
            {
                var at = (nuint)(n * Tile) + r;
                var far = VectorMath<TWidth, TVector>.Exp2(TWidth.Multiply(a, TWidth.Load(ref *elapsed, r)));
                far = TWidth.Subtract(TWidth.Add(far, TWidth.Create(Flush)), TWidth.Create(Flush));
                var row = TWidth.Multiply(TWidth.Load(ref *c, r), TWidth.Load(ref *(s.Rows + first), r));
                TWidth.Store(far, ref *reach, at);
                var near = TWidth.Multiply(far, row);
                TWidth.Store(near, ref *p, at);
                TWidth.Store(TWidth.Multiply(near, behind), ref *pFar, at);
            }
        }
    }

    // decays[n, r] = exp(A Delta_r).
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Decay(in ChannelSeries s, int first, float* decays)
    {
        for (var n = 0; n < s.StateSize; n++)
        {
            var a = TWidth.Create(s.A[n]);
            for (nuint r = 0; r < Tile; r += (nuint)TWidth.Lanes)
            {
                TWidth.Store(
                    VectorMath<TWidth, TVector>.Exp2(TWidth.Multiply(a, TWidth.Load(ref *(s.Delta + first), r))),
                    ref *decays,
                    (nuint)(n * Tile) + r);
            }
        }
    }

    // Whether no state loses more than a factor of 1e17 inside the tile: then its own columns may be anchored at its start like the past,
    // as exp(-A (S_j - S_m)) Delta_j B_j, without leaving the range or the precision of float.
    private static bool IsGentle(int N, int count, float* reach)
    {
        for (var n = 0; n < N; n++)
        {
            if (reach[(n * Tile) + count - 1] < LeastReach)
            {
                return false;
            }
        }

        return true;
    }

    // The tile's own columns, anchored at its start: q[n, j] = sigma_j Delta_j B_j[n] / reach[n, j]; zeros behind the last step, where
    // Delta is.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Insert(in ChannelSeries s, int first, float* reach, float* q)
    {
        for (nuint c = 0; c < Tile; c += (nuint)TWidth.Lanes)
        {
            var input = TWidth.Multiply(TWidth.Load(ref *(s.Delta + first), c), TWidth.Load(ref *(s.Sigma + first), c));
            for (var n = 0; n < s.StateSize; n++)
            {
                var b = TWidth.Load(ref *(s.B + (n * s.Stride) + first), c);
                TWidth.Store(
                    TWidth.Divide(TWidth.Multiply(input, b), TWidth.Load(ref *(reach + (n * Tile)), c)), ref *(q + (n * Near)), c);
            }
        }
    }

    // Columns behind the diagonal are in the future: zero.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mask(float* lower, float* row)
    {
        for (nuint j = 0; j < Tile; j += (nuint)TWidth.Lanes)
        {
            TWidth.Store(TWidth.Multiply(TWidth.Load(ref *row, j), TWidth.Load(ref *lower, j)), ref *row, j);
        }
    }

    // Joins sum over n of p[i, n] v[n, j] to up to four rows: far columns to the total, near columns to rows of their own.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<TFold>(
        int N, float* p, int count, float* v, int stride, int columns, float* to, int rowStride)
        where TFold : struct, IEntryFold<TWidth, TVector>
    {
        var lanes = (nuint)TWidth.Lanes;
        if (count < 4)
        {
            for (var i = 0; i < count; i++)
            {
                for (nuint j = 0; j < (nuint)columns; j += lanes)
                {
                    var sum = TWidth.Zero;
                    for (var n = 0; n < N; n++)
                    {
                        sum = TWidth.MultiplyAdd(TWidth.Create(p[(n * Tile) + i]), TWidth.Load(ref *(v + (n * stride)), j), sum);
                    }

                    Join<TFold>(sum, to + (i * rowStride), j);
                }
            }

            return;
        }

        nuint column = 0;
        for (; column + (2 * lanes) <= (nuint)columns; column += 2 * lanes)
        {
            TVector a0 = TWidth.Zero, a1 = TWidth.Zero, b0 = TWidth.Zero, b1 = TWidth.Zero;
            TVector c0 = TWidth.Zero, c1 = TWidth.Zero, d0 = TWidth.Zero, d1 = TWidth.Zero;
            float* line = v + column, f = p;
            for (var n = 0; n < N; n++)
            {
                var x = TWidth.Load(ref *line, 0);
                var y = TWidth.Load(ref *line, lanes);
                var factor = TWidth.Create(f[0]);
                a0 = TWidth.MultiplyAdd(factor, x, a0);
                a1 = TWidth.MultiplyAdd(factor, y, a1);
                factor = TWidth.Create(f[1]);
                b0 = TWidth.MultiplyAdd(factor, x, b0);
                b1 = TWidth.MultiplyAdd(factor, y, b1);
                factor = TWidth.Create(f[2]);
                c0 = TWidth.MultiplyAdd(factor, x, c0);
                c1 = TWidth.MultiplyAdd(factor, y, c1);
                factor = TWidth.Create(f[3]);
                d0 = TWidth.MultiplyAdd(factor, x, d0);
                d1 = TWidth.MultiplyAdd(factor, y, d1);
                line += stride;
                f += Tile;
            }

            var at = to + column;
            Join<TFold>(a0, at, 0);
            Join<TFold>(a1, at, lanes);
            Join<TFold>(b0, at + rowStride, 0);
            Join<TFold>(b1, at + rowStride, lanes);
            Join<TFold>(c0, at + (2 * rowStride), 0);
            Join<TFold>(c1, at + (2 * rowStride), lanes);
            Join<TFold>(d0, at + (3 * rowStride), 0);
            Join<TFold>(d1, at + (3 * rowStride), lanes);
        }

        for (; column < (nuint)columns; column += lanes)
        {
            TVector a0 = TWidth.Zero, b0 = TWidth.Zero, c0 = TWidth.Zero, d0 = TWidth.Zero;
            float* line = v + column, f = p;
            for (var n = 0; n < N; n++)
            {
                var x = TWidth.Load(ref *line, 0);
                a0 = TWidth.MultiplyAdd(TWidth.Create(f[0]), x, a0);
                b0 = TWidth.MultiplyAdd(TWidth.Create(f[1]), x, b0);
                c0 = TWidth.MultiplyAdd(TWidth.Create(f[2]), x, c0);
                d0 = TWidth.MultiplyAdd(TWidth.Create(f[3]), x, d0);
                line += stride;
                f += Tile;
            }

            Join<TFold>(a0, to, column);
            Join<TFold>(b0, to + rowStride, column);
            Join<TFold>(c0, to + (2 * rowStride), column);
            Join<TFold>(d0, to + (3 * rowStride), column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Join<TFold>(TVector value, float* total, nuint at)
        where TFold : struct, IEntryFold<TWidth, TVector>
        => TWidth.Store(TFold.Join(TWidth.Load(ref *total, at), value), ref *total, at);

    // Decays the tile's columns to row r, adds column r itself, and writes the tile's part of the row.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Own(in ChannelSeries s, int r, int inTile, float* decays, float* w, float* unit, float* row)
    {
        float* b = s.B + r, c = s.C + r;
        var input = s.Delta[r] * s.Sigma[r];
        for (nuint j = 0; j < Tile; j += (nuint)TWidth.Lanes)
        {
            var here = TWidth.Load(ref *(unit + (inTile * Tile)), j);
            var sum = TWidth.Zero;
            for (var n = 0; n < s.StateSize; n++)
            {
                var at = (nuint)(n * Tile) + j;
                var x = TWidth.MultiplyAdd(
                    here,
                    TWidth.Create(input * b[n * s.Stride]),
                    TWidth.Multiply(TWidth.Load(ref *w, at), TWidth.Create(decays[(n * Tile) + inTile])));
                TWidth.Store(x, ref *w, at);
                sum = TWidth.MultiplyAdd(TWidth.Create(c[n * s.Stride]), x, sum);
            }

            TWidth.Store(TWidth.Multiply(sum, TWidth.Create(s.Rows[r])), ref *row, j);
        }
    }

    // Near columns: convolution, column factors, and into the total.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Finish<TFold>(in ChannelSeries s, int first, int inTile, float* row, float* total, float* diagonal)
        where TFold : struct, IEntryFold<TWidth, TVector>
    {
        var r = first + inTile;
        diagonal[r] = row[Tile + inTile] * s.Conv[s.Taps - 1] * s.Columns[r];
        var start = first == 0 ? Tile : 0; // there is no tile before the first
        var columns = s.Columns + first - Tile;
        var to = total + first - Tile;
        if (s.Taps == 4)
        {
            var (k0, k1, k2, k3) = (TWidth.Create(s.Conv[3]), TWidth.Create(s.Conv[2]), TWidth.Create(s.Conv[1]), TWidth.Create(s.Conv[0]));
            for (var j = (nuint)start; j <= (nuint)(Tile + inTile); j += (nuint)TWidth.Lanes)
            {
                var near = TWidth.MultiplyAdd(TWidth.Load(ref *row, j + 1), k1, TWidth.Multiply(TWidth.Load(ref *row, j), k0));
                var far = TWidth.MultiplyAdd(TWidth.Load(ref *row, j + 3), k3, TWidth.Multiply(TWidth.Load(ref *row, j + 2), k2));
                Join<TFold>(TWidth.Multiply(TWidth.Add(near, far), TWidth.Load(ref *columns, j)), to, j);
            }

            return;
        }

        for (var j = (nuint)start; j <= (nuint)(Tile + inTile); j += (nuint)TWidth.Lanes)
        {
            var sum = TWidth.Zero;
            for (var tap = 0; tap < s.Taps; tap++)
            {
                sum = TWidth.MultiplyAdd(TWidth.Load(ref *row, j + (nuint)tap), TWidth.Create(s.Conv[s.Taps - 1 - tap]), sum);
            }

            Join<TFold>(TWidth.Multiply(sum, TWidth.Load(ref *columns, j)), to, j);
        }
    }

    // To the next tile: the tile before becomes far, this tile becomes the one before. Far columns stay anchored where they are as long as
    // no state has lost more than 1e17 since (lag says how much); then all decay at once.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Advance(
        in ChannelSeries s, int first, int far, bool isGentle, float* last, float* w, float* q, float* v, float* lag, int stride)
    {
        var isFar = !isGentle;
        for (var n = 0; n < s.StateSize; n++)
        {
            isFar |= lag[n] * last[n * Tile] < LeastReach;
        }

        for (var n = 0; n < s.StateSize; n++)
        {
            var factor = TWidth.Create(last[n * Tile]);
            var near = q + (n * Near);
            if (!isGentle)
            {
                // W is anchored at the end of the tile already; bring the tile before it there too.
                for (nuint j = 0; j < Tile; j += (nuint)TWidth.Lanes)
                {
                    TWidth.Store(TWidth.Multiply(TWidth.Load(ref *near, j), factor), ref *near, j);
                    TWidth.Store(TWidth.Load(ref *w, (nuint)(n * Tile) + j), ref *near, Tile + j);
                }

                factor = TWidth.Create(1);
            }

            // The tile before, anchored at the start of this one, or at its end where that is so already: to the far columns' anchor.
            var line = v + (n * stride);
            var toFar = TWidth.Create(1 / lag[n]);
            lag[n] *= last[n * Tile];
            if (isFar)
            {
                toFar = factor;
                var decay = TWidth.Create(lag[n]);
                for (nuint j = 0; j < (nuint)far; j += (nuint)TWidth.Lanes)
                {
                    TWidth.Store(TWidth.Multiply(TWidth.Load(ref *line, j), decay), ref *line, j);
                }

                lag[n] = 1;
            }

            if (first > 0)
            {
                Convolve(s, near, toFar, s.Columns + far, line + far);
            }

            for (nuint j = 0; j < Tile; j += (nuint)TWidth.Lanes)
            {
                TWidth.Store(TWidth.Multiply(TWidth.Load(ref *near, Tile + j), factor), ref *near, j);
            }
        }
    }

    // to[j] = factor columns_j sum over taps of conv[K-1-tap] near[j + tap], for a tile.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Convolve(in ChannelSeries s, float* near, TVector factor, float* columns, float* to)
    {
        for (nuint j = 0; j < Tile; j += (nuint)TWidth.Lanes)
        {
            TVector sum;
            if (s.Taps == 4)
            {
                var early = TWidth.MultiplyAdd(
                    TWidth.Load(ref *near, j + 1),
                    TWidth.Create(s.Conv[2]),
                    TWidth.Multiply(TWidth.Load(ref *near, j), TWidth.Create(s.Conv[3])));
                sum = TWidth.MultiplyAdd(TWidth.Load(ref *near, j + 2), TWidth.Create(s.Conv[1]), early);
                sum = TWidth.MultiplyAdd(TWidth.Load(ref *near, j + 3), TWidth.Create(s.Conv[0]), sum);
            }
            else
            {
                sum = TWidth.Zero;
                for (var tap = 0; tap < s.Taps; tap++)
                {
                    sum = TWidth.MultiplyAdd(TWidth.Load(ref *near, j + (nuint)tap), TWidth.Create(s.Conv[s.Taps - 1 - tap]), sum);
                }
            }

            TWidth.Store(TWidth.Multiply(TWidth.Multiply(sum, factor), TWidth.Load(ref *columns, j)), ref *to, j);
        }
    }
}
