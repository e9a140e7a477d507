using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>The loops of <see cref="Gemm"/> around the micro-kernel, for one vector width.</summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe class GemmProduct<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    // Inner dimension of a block: a panel of B (32 columns x 256 x 4 bytes = 32 KiB) streams through the first-level cache.
    private const int InnerBlock = 256;

    // Rows of a block, in tiles: a block of A (192 x 256 x 4 bytes = 192 KiB) stays in the second-level cache while panels pass.
    private static int MaxBlockRows => 192;

    // Work below which a piece is not worth handing out: about 5 microseconds.
    private const long SmallestPiece = 1 << 18;

    // Rows up to which copying B would cost more than it brings: then the micro-kernel reads B where it stands.
    private const int FewRows = 6;

    [ThreadStatic]
    private static float[]? scratch;

    [ThreadStatic]
    private static int scratchOffset;

    /// <summary>The product; exactly one of <paramref name="b"/> and <paramref name="packed"/> is given.</summary>
    public static void Run(Workers workers, MatrixView a, MatrixView b, PackedMatrix? packed, float[]? bias, MatrixView c, bool accumulate)
    {
        Debug.Assert(c.ColumnStep == 1 || c.Columns <= 1, "C must be row-major");
        Debug.Assert(packed is null || packed.PanelWidth == GemmTile<TWidth, TVector>.Columns, "panels of another width");
        if (c.Rows == 0 || c.Columns == 0)
        {
            return;
        }

        var rowTiles = DivideUp(c.Rows, GemmTile<TWidth, TVector>.Rows);
        var panels = DivideUp(c.Columns, GemmTile<TWidth, TVector>.Columns);
        var (rowBlocks, columnBlocks) = Cut(workers.Count, rowTiles, panels, (long)c.Rows * c.Columns * a.Columns, packed is not null);
        if (rowBlocks * columnBlocks == 1)
        {
            Block(a, b, packed, bias, c, accumulate, 0, rowTiles, 0, panels);
            return;
        }

        workers.For(rowBlocks * columnBlocks, piece =>
        {
            var (i, j) = (piece / columnBlocks, piece % columnBlocks);
            Block(
                a,
                b,
                packed,
                bias,
                c,
                accumulate,
                (int)((long)rowTiles * i / rowBlocks),
                (int)((long)rowTiles * (i + 1) / rowBlocks),
                (int)((long)panels * j / columnBlocks),
                (int)((long)panels * (j + 1) / columnBlocks));
        });
    }

    // Rows are cut to fit the cache; then rows or columns, whichever leave the larger saving in copies, until every thread has a few
    // pieces to choose from.
    private static (int RowBlocks, int ColumnBlocks) Cut(int threads, int rowTiles, int panels, long work, bool isPacked)
    {
        int rowBlocks = DivideUp(rowTiles, MaxBlockRows / GemmTile<TWidth, TVector>.Rows), columnBlocks = 1;
        var wanted = threads == 1 ? 1 : (int)Math.Min(3 * threads, work / SmallestPiece);
        while (rowBlocks * columnBlocks < wanted)
        {
            double rows = (double)rowTiles / rowBlocks * GemmTile<TWidth, TVector>.Rows, columns = (double)panels / columnBlocks * GemmTile<TWidth, TVector>.Columns;
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block(MatrixView a, MatrixView b, PackedMatrix? packed, float[]? bias, MatrixView c, bool accumulate, int tile0, int tile1, int panel0, int panel1)
    {
        int MR = GemmTile<TWidth, TVector>.Rows, NR = GemmTile<TWidth, TVector>.Columns;
        int row0 = tile0 * MR, row1 = Math.Min(c.Rows, tile1 * MR), inner = a.Columns;
        if (inner == 0)
        {
            Start(c, bias, accumulate, row0, row1, panel0 * NR, Math.Min(c.Columns, panel1 * NR));
            return;
        }

        // Thread's own scratch: a block of A, a panel of B, one tile of C, one panel of bias.
        var aSize = (tile1 - tile0) * MR * InnerBlock;
        var memory = Scratch(aSize + (NR * InnerBlock) + (MR * NR) + NR);
        fixed (float* own = &memory[scratchOffset], aBase = a.Buffer, bBase = packed?.Values ?? b.Buffer, cBase = c.Buffer)
        {
            float* aPacked = own, bPanel = own + aSize, edge = bPanel + (NR * InnerBlock), start = edge + (MR * NR);
            for (var k0 = 0; k0 < inner; k0 += InnerBlock)
            {
                var depth = Math.Min(InnerBlock, inner - k0);
                var single = row1 - row0 == 1;
                if (single && a.ColumnStep == 1)
                {
                    aPacked = aBase + a.Offset + ((nint)row0 * a.RowStep) + k0;
                }
                else
                {
                    for (var tile = tile0; tile < tile1; tile++)
                    {
                        GemmPacking.Pack(
                            aBase + a.Offset + ((nint)tile * MR * a.RowStep) + ((nint)k0 * a.ColumnStep),
                            a.RowStep,
                            a.ColumnStep,
                            Math.Min(MR, c.Rows - (tile * MR)),
                            MR,
                            depth,
                            aPacked + ((nint)(tile - tile0) * MR * depth));
                    }
                }

                for (var panel = panel0; panel < panel1; panel++)
                {
                    var columns = Math.Min(NR, c.Columns - (panel * NR));
                    float* bStrip;
                    nint bStep = NR;
                    if (packed is not null)
                    {
                        bStrip = bBase + packed.Offset + ((((nint)panel * inner) + k0) * NR);
                    }
                    else if (columns == NR && b.ColumnStep == 1 && c.Rows <= FewRows)
                    {
                        bStrip = bBase + b.Offset + ((nint)k0 * b.RowStep) + (panel * NR);
                        bStep = b.RowStep;
                    }
                    else
                    {
                        bStrip = bPanel;
                        GemmPacking.Pack(
                            bBase + b.Offset + ((nint)k0 * b.RowStep) + ((nint)panel * NR * b.ColumnStep),
                            b.ColumnStep,
                            b.RowStep,
                            columns,
                            NR,
                            depth,
                            bPanel);
                    }

                    var add = accumulate || k0 > 0;
                    float* panelStart = null;
                    if (bias is not null && k0 == 0)
                    {
                        panelStart = start;
                        new Span<float>(start, NR).Clear();
                        bias.AsSpan(panel * NR, columns).CopyTo(new Span<float>(start, NR));
                    }

                    var to = cBase + c.Offset + ((nint)row0 * c.RowStep) + (panel * NR);
                    if (single)
                    {
                        var aStep = a.ColumnStep == 1 ? 1 : MR;
                        Row(depth, aPacked, aStep, bStrip, bStep, to, columns, panelStart, add, edge);
                        continue;
                    }

                    for (var tile = tile0; tile < tile1; tile++)
                    {
                        var rows = Math.Min(MR, c.Rows - (tile * MR));
                        var aStrip = aPacked + ((nint)(tile - tile0) * MR * depth);
                        if (rows == MR && columns == NR)
                        {
                            Tile(MR, NR, depth, aStrip, bStrip, bStep, to, c.RowStep, panelStart, add);
                        }
                        else
                        {
                            // Edges are computed apart, as a fresh tile; only what belongs to C is copied or added.
                            Tile(rows, columns, depth, aStrip, bStrip, bStep, edge, NR, panelStart, add: false);
                            Copy(edge, NR, to, c.RowStep, rows, columns, add);
                        }

                        to += (nint)MR * c.RowStep;
                    }
                }
            }
        }
    }

    // The smallest micro-kernels that cover rows x columns of a strip whose rows stand MR apart.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile(int rows, int columns, nint depth, float* a, float* b, nint bStep, float* c, nint cStep, float* start, bool add)
    {
        nint aStep = GemmTile<TWidth, TVector>.Rows;
        if (columns > TWidth.Lanes)
        {
            if (GemmTile<TWidth, TVector>.Rows == 12 && rows > 6)
            {
                GemmTile<TWidth, TVector>.Multiply12x2(depth, a, aStep, b, bStep, c, cStep, start, add);
            }
            else
            {
                GemmTile<TWidth, TVector>.Multiply6x2(depth, a, aStep, b, bStep, c, cStep, start, add);
            }
        }
        else
        {
            GemmTile<TWidth, TVector>.Multiply6x1(depth, a, aStep, b, bStep, c, cStep, start, add);
            if (GemmTile<TWidth, TVector>.Rows == 12 && rows > 6)
            {
                GemmTile<TWidth, TVector>.Multiply6x1(depth, a + 6, aStep, b, bStep, c + (6 * cStep), cStep, start, add);
            }
        }
    }

    private static void Row(nint depth, float* a, nint aStep, float* b, nint bStep, float* c, int columns, float* start, bool add, float* edge)
    {
        if (columns == GemmTile<TWidth, TVector>.Columns)
        {
            GemmTile<TWidth, TVector>.Multiply1x2(depth, a, aStep, b, bStep, c, 0, start, add);
            return;
        }

        GemmTile<TWidth, TVector>.Multiply1x2(depth, a, aStep, b, bStep, edge, 0, start, add: false);
        Copy(edge, 0, c, 0, 1, columns, add);
    }

    private static void Copy(float* from, nint fromStep, float* to, nint toStep, int rows, int columns, bool add)
    {
        for (var i = 0; i < rows; i++)
        {
            if (add)
            {
                for (var j = 0; j < columns; j++)
                {
                    to[j] += from[j];
                }
            }
            else
            {
                new Span<float>(from, columns).CopyTo(new Span<float>(to, columns));
            }

            from += fromStep;
            to += toStep;
        }
    }

    // An empty sum: C is the bias, zero, or stays.
    private static void Start(MatrixView c, float[]? bias, bool accumulate, int row0, int row1, int column0, int column1)
    {
        for (var i = row0; i < row1 && !accumulate; i++)
        {
            var to = c.Buffer.AsSpan(c.Offset + (i * c.RowStep) + column0, column1 - column0);
            to.Clear();
            bias?.AsSpan(column0, to.Length).CopyTo(to);
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
