using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// Mamba-2's scan over a chunk of Q steps as matrix products (Dao and Gu 2024, section 6). With R[t, j] = product of the decays of steps
/// j+1..t (1 on the diagonal, 0 above), D_t = the decays of the chunk up to t, E_j = R[Q-1, j] and the state S before the chunk: y_t = D_t
/// C_t S + sum over j up to t of (C_t B_j) R[t, j] Delta_j u_j, and after it S' = D_{Q-1} S + sum_j E_j Delta_j B_j u_j. R grows row by row
/// by products of decays, all at most 1: no ratio of cumulative products, no difference of far sums. Here is what forward, backward and
/// adjoint share: operands copied together, zero-padded to whole registers and to whole chunks (a step of Delta = 0 changes nothing), and
/// the factors of the decays.
/// </summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe class HeadScanChunk<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    /// <summary>
    /// Steps of a chunk: work inside a chunk grows with them, moving the state in and out falls. A multiple of the widest register, and the
    /// same for every register width.
    /// </summary>
    public const int Steps = 32;

    private const int FloatsOfCacheLine = 16;

    private static int Lanes => TWidth.Lanes;

    /// <summary>Channels or states with their padding.</summary>
    public static int Padded(int count)
    {
        var unit = Math.Max(Lanes, SmallProduct<TWidth, TVector>.RowsAtOnce);
        return (count + unit - 1) / unit * unit;
    }

    /// <summary>The tokens of a chunk, fewer than Q at the end.</summary>
    public static ReadOnlySpan<int> Tokens(ReadOnlySpan<int> order, int chunk)
        => order[(chunk * Steps)..Math.Min(order.Length, (chunk + 1) * Steps)];

    /// <summary>Columns [first, first + count) of the tokens as [Q][padded count].</summary>
    public static void Pack(Activation<float> x, int item, ReadOnlySpan<int> tokens, int first, int count, float* to)
    {
        var padded = Padded(count);
        if (tokens.Length < Steps || count < padded)
        {
            new Span<float>(to, Steps * padded).Clear();
        }

        foreach (var token in tokens)
        {
            x.Row(item, token).Slice(first, count).CopyTo(new Span<float>(to, count));
            to += padded;
        }
    }

    /// <summary>
    /// Asks for columns [first, first + count) of a coming chunk: its rows lie too far apart for the hardware to foresee.
    /// </summary>
    public static void Prefetch(Activation<float> x, int item, ReadOnlySpan<int> order, int chunk, int first, int count)
    {
        if (chunk < 0 || chunk * Steps >= order.Length)
        {
            return;
        }

        for (var column = 0; column < count; column += FloatsOfCacheLine)
        {
            ScanBlock<TWidth, TVector>.Prefetch(x, item, Tokens(order, chunk), first + column);
        }
    }

    /// <summary>The first <paramref name="count"/> values of each row back to the tokens.</summary>
    public static void Unpack(float* from, Activation<float> x, int item, ReadOnlySpan<int> tokens, int first, int count)
    {
        var padded = Padded(count);
        foreach (var token in tokens)
        {
            new Span<float>(from, count).CopyTo(x.Row(item, token).Slice(first, count));
            from += padded;
        }
    }

    /// <summary>to[column][row] = from[row][column].</summary>
    public static void Transpose(float* from, int fromRow, int rows, int columns, float* to, int toRow)
    {
        // Tiles of 8 x 8: both sides stay in the first-level cache.
        for (var row = 0; row < rows; row += 8)
        {
            for (var column = 0; column < columns; column += 8)
            {
                for (var r = row; r < Math.Min(row + 8, rows); r++)
                {
                    for (var c = column; c < Math.Min(column + 8, columns); c++)
                    {
                        to[(c * toRow) + r] = from[(r * fromRow) + c];
                    }
                }
            }
        }
    }

    /// <summary>m[t][j] = C_t B_j, [Q][Q], from b and c as [Q][states]; <paramref name="turned"/> is room for [states][Q].</summary>
    public static void Overlaps(float* b, float* c, int states, float* turned, float* m)
    {
        Transpose(b, states, Steps, states, turned, Steps);
        SmallProduct<TWidth, TVector>.Run(c, states, 1, turned, Steps, m, Steps, Steps, Steps, states, keep: 0);
    }

    /// <summary>The factors of one head in one chunk.</summary>
    /// <param name="delta">Delta (Batch, L, H).</param>
    /// <param name="item">Item of the batch.</param>
    /// <param name="tokens">The chunk.</param>
    /// <param name="h">The head.</param>
    /// <param name="rate">a = -exp(ALog).</param>
    /// <param name="factors">Results.</param>
    public static void Decays(Activation<float> delta, int item, ReadOnlySpan<int> tokens, int h, float rate, Factors factors)
    {
        var steps = factors.Delta;
        var decays = factors.Decay;
        for (var t = 0; t < Steps; t++)
        {
            steps[t] = t < tokens.Length ? delta.Row(item, tokens[t])[h] : 0;
        }

        var a = TWidth.Create(rate);
        for (var t = 0; t < Steps; t += Lanes)
        {
            TWidth.Store(VectorMath<TWidth, TVector>.Exp(TWidth.Multiply(a, TWidth.Load(ref *steps, (nuint)t))), ref *decays, (nuint)t);
        }

        var reach = 1f;
        for (var t = 0; t < Steps; t++)
        {
            factors.Reach[t] = reach *= decays[t];
        }

        // E_j Delta_j, as the state after the chunk and dB need it.
        var rest = 1f;
        for (var t = Steps - 1; t >= 0; t--)
        {
            factors.Rest[t] = rest;
            factors.Weight[t] = rest * steps[t];
            rest *= decays[t];
        }
    }

    /// <summary>R[t][j] of one head in one chunk, [Q][Q], from its decays.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Products(float* decays, float* r)
    {
        new Span<float>(r, Steps).Clear();
        r[0] = 1;
        for (var t = 1; t < Steps; t++)
        {
            var decay = TWidth.Create(decays[t]);
            for (var j = 0; j < Steps; j += Lanes)
            {
                TWidth.Store(TWidth.Multiply(decay, TWidth.Load(ref *r, (nuint)j)), ref *r, (nuint)(Steps + j));
            }

            r += Steps;
            r[t] = 1;
        }
    }

    /// <summary>to = a b, value by value; a multiple of the lanes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* a, float* b, float* to, int count)
    {
        for (var i = 0; i < count; i += Lanes)
        {
            TWidth.Store(TWidth.Multiply(TWidth.Load(ref *a, (nuint)i), TWidth.Load(ref *b, (nuint)i)), ref *to, (nuint)i);
        }
    }

    /// <summary>to[t] = a[t] * factors[t], row by row, over the Q rows of a chunk.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void ScaleRows(float* a, float* factors, float* to, int width)
    {
        for (var t = 0; t < Steps; t++)
        {
            var factor = TWidth.Create(factors[t]);
            for (var i = 0; i < width; i += Lanes)
            {
                TWidth.Store(TWidth.Multiply(factor, TWidth.Load(ref *a, (nuint)i)), ref *to, (nuint)i);
            }

            a += width;
            to += width;
        }
    }

    /// <summary>sums[t] = a[t] . b[t] over the Q rows of a chunk.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void RowDots(float* a, float* b, float* sums, int width)
    {
        for (var t = 0; t < Steps; t++)
        {
            sums[t] = Dot(a, b, width);
            a += width;
            b += width;
        }
    }

    /// <summary>Sum of a b; a multiple of the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(float* a, float* b, int count)
    {
        var sum = TWidth.Zero;
        for (var i = 0; i < count; i += Lanes)
        {
            sum = TWidth.MultiplyAdd(TWidth.Load(ref *a, (nuint)i), TWidth.Load(ref *b, (nuint)i), sum);
        }

        return TWidth.Sum(sum);
    }

    /// <summary>c += a b where a (Q, Q) is zero above its diagonal: each band of rows stops at its last column.</summary>
    public static void AddLower(float* a, float* b, float* c, int width)
    {
        for (var t = 0; t < Steps; t += SmallProduct<TWidth, TVector>.RowsAtOnce)
        {
            SmallProduct<TWidth, TVector>.Run(
                a + (t * Steps), Steps, 1, b, width, c + (t * width), width, SmallProduct<TWidth, TVector>.RowsAtOnce,
                width, t + SmallProduct<TWidth, TVector>.RowsAtOnce, keep: 1);
        }
    }

    /// <summary>c += aᵀ b where a (Q, Q) is zero above its diagonal: each band of columns begins at its first row.</summary>
    public static void AddLowerTransposed(float* a, float* b, float* c, int width)
    {
        for (var j = 0; j < Steps; j += SmallProduct<TWidth, TVector>.RowsAtOnce)
        {
            SmallProduct<TWidth, TVector>.Run(
                a + (j * Steps) + j, 1, Steps, b + (j * width), width, c + (j * width), width,
                SmallProduct<TWidth, TVector>.RowsAtOnce, width, Steps - j, keep: 1);
        }
    }

    /// <summary>
    /// A head's factors in one chunk, each [Q]: Delta, its decay, D (all decays up to the step), E (all after it) and E Delta.
    /// </summary>
    public readonly struct Factors(float* memory)
    {
        public const int Length = 5 * Steps;

        public float* Delta => memory;

        public float* Decay => memory + Steps;

        public float* Reach => memory + (2 * Steps);

        public float* Rest => memory + (3 * Steps);

        public float* Weight => memory + (4 * Steps);

        /// <summary>D of the last step: what is left of the state before the chunk.</summary>
        public float Whole => memory[(3 * Steps) - 1];
    }
}
