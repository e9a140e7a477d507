using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Mambascope.Numerics;

/// <summary>The loops of <see cref="Gemm"/> around the micro-kernel, for one vector width.</summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe class GemmProduct<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    // A block of A (192 rows x 512 x 4 bytes = 384 KiB) stays in the second-level cache while the panels of B pass.
    private const int MaxBlockRows = 192;

    // Floats of a cache line.
    private const int CacheLine = 16;

    // Work below which a piece is not worth handing out: about 5 microseconds.
    private const long SmallestPiece = 1 << 18;

    // The same for a single row, in bytes of B.
    private const long SmallestPieceBytes = 100_000;

    // Of a single row, for each thread: few, since each begins a stream from memory anew; more than one, since threads do not run evenly.
    private const int PiecesOfRow = 4;

    // Rows up to which copying B would cost more than it brings: then the micro-kernel reads B where it stands.
    private const int FewRows = 6;

    [ThreadStatic]
    private static float[]? scratch;

    [ThreadStatic]
    private static int scratchOffset;

    /// <summary>
    /// The product, on the caller's thread alone without <paramref name="workers"/>; exactly one of <paramref name="b"/> and
    /// <paramref name="packed"/> is given.
    /// </summary>
    public static void Run(
        Workers? workers, MatrixView a, MatrixView b, PackedMatrix? packed, float[]? bias, MatrixView c, bool accumulate,
        Gemm.Finished? finished = null)
    {
        Debug.Assert(packed is null || packed.PanelWidth == GemmTile<TWidth, TVector>.Columns, "panels of another width");
        if (c.Rows == 0 || c.Columns == 0)
        {
            return;
        }

        // A narrow C leaves lanes empty: turn the product round, Cᵀ = Bᵀ Aᵀ, where that saves more than C's columns cost to write.
        if (packed is null && 1.15 * TileArea(c.Columns, c.Rows) < TileArea(c.Rows, c.Columns))
        {
            (a, b, c) = (b.Transposed, a.Transposed, c.Transposed);
        }

        if (packed is not null && c is { Rows: 1, ColumnStep: 1 } && a.Columns > 0)
        {
            OneRow(workers, a, packed, bias, c, accumulate);
            finished?.Invoke(0, 1, 0, c.Columns);
            return;
        }

        var rowTiles = DivideUp(c.Rows, GemmTile<TWidth, TVector>.Rows);
        var panels = DivideUp(c.Columns, GemmTile<TWidth, TVector>.Columns);
        var (rowBlocks, columnBlocks) = Cut(
            workers?.Count ?? 1, rowTiles, panels, (long)c.Rows * c.Columns * a.Columns, packed is not null);
        if (workers is null || rowBlocks * columnBlocks == 1)
        {
            for (var i = 0; i < rowBlocks; i++)
            {
                var (first, last) = (Bound(rowTiles, i, rowBlocks), Bound(rowTiles, i + 1, rowBlocks));
                Block(a, b, packed, bias, c, accumulate, first, last, 0, panels);
                Finish(finished, c, first, last, 0, panels);
            }

            return;
        }

        Share(workers, a, b, packed, bias, c, accumulate, rowBlocks, columnBlocks, rowTiles, panels, finished);
    }

    private static void Finish(Gemm.Finished? finished, MatrixView c, int tile0, int tile1, int panel0, int panel1)
    {
        int MR = GemmTile<TWidth, TVector>.Rows, NR = GemmTile<TWidth, TVector>.Columns;
        finished?.Invoke(tile0 * MR, Math.Min(c.Rows, tile1 * MR), panel0 * NR, Math.Min(c.Columns, panel1 * NR));
    }

    // A single row is bound by memory: every panel is read from end to end, and threads take neighbouring panels.
    private static void OneRow(Workers? workers, MatrixView a, PackedMatrix packed, float[]? bias, MatrixView c, bool accumulate)
    {
        var panels = DivideUp(c.Columns, GemmTile<TWidth, TVector>.Columns);
        var bytes = packed.ByteLength;
        var pieces =
            workers is null || workers.Count == 1
                ? 1
                : (int)Math.Clamp(bytes / SmallestPieceBytes, 1, Math.Min(panels, PiecesOfRow * workers.Count));
        if (pieces == 1)
        {
            OneRowPanels(a, packed, bias, c, accumulate, 0, panels);
        }
        else
        {
            ShareOneRow(workers!, a, packed, bias, c, accumulate, pieces, panels);
        }
    }

    private static void ShareOneRow(
        Workers workers, MatrixView a, PackedMatrix packed, float[]? bias, MatrixView c, bool accumulate, int pieces, int panels)
        => workers.For(pieces, piece =>
            OneRowPanels(a, packed, bias, c, accumulate, Bound(panels, piece, pieces), Bound(panels, piece + 1, pieces)));

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void OneRowPanels(
        MatrixView a, PackedMatrix packed, float[]? bias, MatrixView c, bool accumulate, int panel0, int panel1)
    {
        var (NR, inner) = (GemmTile<TWidth, TVector>.Columns, a.Columns);
        var innerBlock = InnerBlock(packed, inner);
        float* edge = stackalloc float[NR], start = stackalloc float[NR];
        var prepared = packed.Words is null ? [] : ArrayPool<float>.Shared.Rent(BlockPanels<TWidth, TVector>.PreparedLength(inner));
        fixed (float* aBase = a.Buffer, values = packed.Values, cBase = c.Buffer, factors = prepared)
        {
            fixed (ushort* halves = packed.Halves)
            fixed (uint* words = packed.Words)
            {
                if (words is not null)
                {
                    BlockPanels<TWidth, TVector>.Prepare(packed.Layout, inner, aBase + a.Offset, a.ColumnStep, factors);
                }

                for (var panel = panel0; panel < panel1; panel++)
                {
                    var columns = Math.Min(NR, c.Columns - (panel * NR));
                    var result = cBase + c.Offset + (panel * NR);
                    var to = columns == NR ? result : edge;
                    float* panelStart = null;
                    if (bias is not null)
                    {
                        panelStart = start;
                        new Span<float>(start, NR).Clear();
                        bias.AsSpan(panel * NR, columns).CopyTo(new Span<float>(start, NR));
                    }

                    if (accumulate && to == edge)
                    {
                        new Span<float>(result, columns).CopyTo(new Span<float>(edge, NR));
                    }

                    for (var k0 = 0; k0 < inner; k0 += innerBlock)
                    {
                        var from = packed.Offset + ((((nint)panel * inner) + k0) * NR);
                        var depth = Math.Min(innerBlock, inner - k0);
                        var row = aBase + a.Offset + ((nint)k0 * a.ColumnStep);
                        var add = accumulate || k0 > 0;
                        if (words is not null)
                        {
                            var blocks = words + packed.Offset + ((nint)panel * packed.PanelWords);
                            BlockPanels<TWidth, TVector>.Multiply1x2(
                                packed.Layout, k0, depth, new(factors, inner), blocks, to, panelStart, add);
                        }
                        else if (packed.Format == WeightFormat.F32)
                        {
                            GemmTile<TWidth, TVector>.Multiply1x2(depth, row, a.ColumnStep, values + from, NR, to, panelStart, add);
                        }
                        else
                        {
                            HalfPanels<TWidth, TVector>.Multiply1x2(
                                packed.Format, depth, row, a.ColumnStep, halves + from, to, panelStart, add);
                        }
                    }

                    if (to == edge)
                    {
                        new Span<float>(edge, columns).CopyTo(new Span<float>(result, columns));
                    }
                }
            }
        }

        if (prepared.Length > 0)
        {
            ArrayPool<float>.Shared.Return(prepared);
        }
    }

    private static int InnerBlock(PackedMatrix? packed, int inner)
        => Gemm.InnerBlock(inner, packed?.Words is null ? 1 : BlockPanels<TWidth, TVector>.Unit);

    // Apart from Run, so that a small product makes no closure.
    private static void Share(
        Workers workers,
        MatrixView a,
        MatrixView b,
        PackedMatrix? packed,
        float[]? bias,
        MatrixView c,
        bool accumulate,
        int rowBlocks,
        int columnBlocks,
        int rowTiles,
        int panels,
        Gemm.Finished? finished) => workers.For(rowBlocks * columnBlocks, piece =>
        {
            var (i, j) = (piece / columnBlocks, piece % columnBlocks);
            var (tile0, tile1) = (Bound(rowTiles, i, rowBlocks), Bound(rowTiles, i + 1, rowBlocks));
            var (panel0, panel1) = (Bound(panels, j, columnBlocks), Bound(panels, j + 1, columnBlocks));
            Block(a, b, packed, bias, c, accumulate, tile0, tile1, panel0, panel1);
            Finish(finished, c, tile0, tile1, panel0, panel1);
        });

    // Where block i of some begins when count is shared out evenly.
    private static int Bound(int count, int i, int blocks) => (int)((long)count * i / blocks);

    // Elements of all the tiles that cover rows x columns, unused ones included.
    private static double TileArea(int rows, int columns)
        => rows == 1 ? columns : (double)DivideUp(rows, 6) * 6 * DivideUp(columns, TWidth.Lanes) * TWidth.Lanes;

    // Rows are cut to fit the cache; then rows or columns, whichever leave the larger saving in copies, until every thread has a few
    // pieces to choose from.
    private static (int RowBlocks, int ColumnBlocks) Cut(int threads, int rowTiles, int panels, long work, bool isPacked)
    {
        int rowBlocks = DivideUp(rowTiles, MaxBlockRows / GemmTile<TWidth, TVector>.Rows), columnBlocks = 1;
        var wanted = threads == 1 ? 1 : (int)Math.Min(3 * threads, work / SmallestPiece);
        while (rowBlocks * columnBlocks < wanted)
        {
            double rows = (double)rowTiles / rowBlocks * GemmTile<TWidth, TVector>.Rows,
                columns = (double)panels / columnBlocks * GemmTile<TWidth, TVector>.Columns;
            var rowsCut = rowBlocks < rowTiles;
            var columnsCut = columnBlocks < panels;
            if (!rowsCut && !columnsCut)
            {
                break;
            }

            // Cutting rows copies B again (free where it is packed), cutting columns copies A again.
            if (rowsCut && (!columnsCut || (isPacked ? rows >= 96 || rows > columns : rows > columns)))
            {
                rowBlocks++;
            }
            else
            {
                columnBlocks++;
            }
        }

        return (rowBlocks, columnBlocks);
    }

    // One rectangle of C: row tiles [tile0, tile1), panels [panel0, panel1).
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Block(
        MatrixView a, MatrixView b, PackedMatrix? packed, float[]? bias, MatrixView c, bool accumulate, int tile0,
        int tile1, int panel0, int panel1)
    {
        int MR = GemmTile<TWidth, TVector>.Rows, NR = GemmTile<TWidth, TVector>.Columns;
        int row0 = tile0 * MR, row1 = Math.Min(c.Rows, tile1 * MR), inner = a.Columns;
        if (inner == 0)
        {
            Start(c, bias, accumulate, row0, row1, panel0 * NR, Math.Min(c.Columns, panel1 * NR));
            return;
        }

        // The thread's own scratch: a block of A, a panel of B, one tile of C, one panel of bias.
        var innerBlock = InnerBlock(packed, inner);
        var aSize = (tile1 - tile0) * MR * innerBlock;
        var memory = Scratch(aSize + (NR * innerBlock) + (MR * NR) + NR);
        var isNarrow = packed is { Format: not WeightFormat.F32 };
        fixed (float* own = &memory[scratchOffset], aBase = a.Buffer, bBase = packed?.Values ?? b.Buffer, cBase = c.Buffer)
        fixed (ushort* halves = packed?.Halves)
        fixed (uint* words = packed?.Words)
        {
            float* bPanel = own,
                edge = bPanel + (NR * innerBlock),
                start = edge + (MR * NR),
                aPacked = start + NR;
            float* aBlock = aBase + a.Offset + ((nint)row0 * a.RowStep),
                bBlock = packed is null ? bBase + b.Offset
                : isNarrow ? null
                : bBase + packed.Offset;
            nint aStep = MR;
            for (var k0 = 0; k0 < inner; k0 += innerBlock)
            {
                var depth = Math.Min(innerBlock, inner - k0);
                var aStrips = aPacked;
                if (row1 - row0 == 1)
                {
                    aStrips = aBlock + ((nint)k0 * a.ColumnStep);
                    aStep = a.ColumnStep;
                }
                else if (a.ColumnStep != 1)
                {
                    GemmPacking.PackStrips(aBlock + ((nint)k0 * a.ColumnStep), a.RowStep, a.ColumnStep, row1 - row0, MR, depth, aPacked);
                }

                // Rows of A are packed when the first panel comes to them, so that the next strip can be fetched while a tile is at work.
                var packRows = a.ColumnStep == 1 && row1 - row0 > 1;
                var add = accumulate || k0 > 0;
                for (var panel = panel0; panel < panel1; panel++)
                {
                    var columns = Math.Min(NR, c.Columns - (panel * NR));
                    var bStrip = bPanel;
                    nint bStep = NR;

                    // What the next panel will read, fetched bit by bit while this one is at work.
                    float* next = null;
                    nint nextStep = NR;
                    if (words is not null)
                    {
                        BlockPanels<TWidth, TVector>.Widen(
                            packed!.Layout, k0, depth, packed.Panel(panel), new Span<float>(bPanel, depth * NR));
                    }
                    else if (isNarrow)
                    {
                        // Widened into the thread's own panel, once for all row tiles; what is fetched for the next one is half as wide.
                        var from = halves + packed!.Offset + ((((nint)panel * inner) + k0) * NR);
                        HalfPanels<TWidth, TVector>.Widen(
                            packed.Format, new ReadOnlySpan<ushort>(from, depth * NR), new Span<float>(bPanel, depth * NR));
                        next = panel + 1 < panel1 ? (float*)(from + ((nint)inner * NR)) : null;
                        nextStep = NR / 2;
                    }
                    else if (packed is not null)
                    {
                        bStrip = bBlock + ((((nint)panel * inner) + k0) * NR);
                        next = panel + 1 < panel1 ? bStrip + ((nint)inner * NR) : null;
                    }
                    else
                    {
                        var from = bBlock + ((nint)k0 * b.RowStep) + ((nint)panel * NR * b.ColumnStep);
                        if (columns == NR && b.ColumnStep == 1 && c.Rows <= FewRows)
                        {
                            bStrip = from;
                            bStep = b.RowStep;
                        }
                        else
                        {
                            GemmPacking.Pack(from, b.ColumnStep, b.RowStep, columns, NR, depth, bPanel);
                            next = panel + 1 < panel1 && b.ColumnStep == 1 ? from + NR : null;
                            nextStep = b.RowStep;
                        }
                    }

                    float* panelStart = null;
                    if (bias is not null && k0 == 0)
                    {
                        panelStart = start;
                        new Span<float>(start, NR).Clear();
                        bias.AsSpan(panel * NR, columns).CopyTo(new Span<float>(start, NR));
                    }

                    var to = cBase + c.Offset + ((nint)row0 * c.RowStep) + ((nint)panel * NR * c.ColumnStep);
                    var fetchRows = DivideUp(depth, tile1 - tile0);
                    for (var tile = tile0; tile < tile1; tile++)
                    {
                        if (next is not null)
                        {
                            Fetch(next, nextStep, Math.Min(fetchRows, depth - ((tile - tile0) * fetchRows)), (int)Math.Min(nextStep, NR));
                            next += fetchRows * nextStep;
                        }

                        var rows = Math.Min(MR, c.Rows - (tile * MR));
                        var aStrip = aStrips + ((nint)(tile - tile0) * MR * depth);
                        if (packRows && panel == panel0)
                        {
                            var from = aBlock + ((nint)(tile - tile0) * MR * a.RowStep) + k0;
                            GemmPacking.Pack(from, a.RowStep, 1, rows, MR, depth, aStrip);
                            if (tile + 1 < tile1)
                            {
                                Fetch(from + ((nint)MR * a.RowStep), a.RowStep, Math.Min(MR, c.Rows - ((tile + 1) * MR)), depth);
                            }
                        }

                        if (columns == NR && (rows == MR || rows == 1) && c.ColumnStep == 1)
                        {
                            Tile(rows, columns, depth, aStrip, aStep, bStrip, bStep, to, c.RowStep, panelStart, add);
                        }
                        else
                        {
                            // Edges are computed apart, as a fresh tile; only what belongs to C is copied or added.
                            Tile(rows, columns, depth, aStrip, aStep, bStrip, bStep, edge, NR, panelStart, add: false);
                            Copy(edge, NR, to, c.RowStep, c.ColumnStep, rows, columns, add);
                        }

                        to += (nint)MR * c.RowStep;
                    }
                }
            }
        }
    }

    // Asks for some lines of a matrix; they arrive in the second-level cache while other work goes on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(float* from, nint step, int lines, int count)
    {
        for (; Sse.IsSupported && lines > 0; lines--)
        {
            for (var j = 0; j < count; j += CacheLine)
            {
                Sse.Prefetch1(from + j);
            }

            from += step;
        }
    }

    // The smallest micro-kernels that cover rows x columns.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile(
        int rows, int columns, nint depth, float* a, nint aStep, float* b, nint bStep, float* c, nint cStep, float* start, bool add)
    {
        var manyRows = GemmTile<TWidth, TVector>.Rows == 12 && rows > 6;
        if (rows == 1)
        {
            GemmTile<TWidth, TVector>.Multiply1x2(depth, a, aStep, b, bStep, c, start, add);
        }
        else if (columns <= TWidth.Lanes)
        {
            GemmTile<TWidth, TVector>.Multiply6x1(depth, a, aStep, b, bStep, c, cStep, start, add);
            if (manyRows)
            {
                GemmTile<TWidth, TVector>.Multiply6x1(depth, a + 6, aStep, b, bStep, c + (6 * cStep), cStep, start, add);
            }
        }
        else if (manyRows)
        {
            GemmTile<TWidth, TVector>.Multiply12x2(depth, a, aStep, b, bStep, c, cStep, start, add);
        }
        else
        {
            GemmTile<TWidth, TVector>.Multiply6x2(depth, a, aStep, b, bStep, c, cStep, start, add);
        }
    }

    private static void Copy(float* from, nint fromStep, float* to, nint rowStep, nint columnStep, int rows, int columns, bool add)
    {
        for (var i = 0; i < rows; i++)
        {
            if (!add && columnStep == 1)
            {
                new Span<float>(from, columns).CopyTo(new Span<float>(to, columns));
            }
            else
            {
                for (var j = 0; j < columns; j++)
                {
                    to[j * columnStep] = add ? to[j * columnStep] + from[j] : from[j];
                }
            }

            from += fromStep;
            to += rowStep;
        }
    }

    // An empty sum: C is the bias, zero, or stays.
    private static void Start(MatrixView c, float[]? bias, bool accumulate, int row0, int row1, int column0, int column1)
    {
        for (var i = row0; i < row1 && !accumulate; i++)
        {
            for (var j = column0; j < column1; j++)
            {
                c.Buffer[c.Offset + (i * c.RowStep) + (j * c.ColumnStep)] = bias is null ? 0 : bias[j];
            }
        }
    }

    private static float[] Scratch(int count)
    {
        if (scratch is null || scratch.Length - scratchOffset < count)
        {
            (scratch, scratchOffset) = AlignedFloats.Allocate(count);
        }

        return scratch;
    }

    private static int DivideUp(int a, int b) => (a + b - 1) / b;
}
