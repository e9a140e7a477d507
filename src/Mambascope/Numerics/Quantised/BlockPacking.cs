using System.Runtime.InteropServices;

namespace Mambascope.Numerics;

/// <summary>Puts rows of blocks, as a file has them, into panels (<see cref="IBlockPanels"/>).</summary>
internal static class BlockPacking
{
    /// <summary>Fills panels of Wᵀ for W (rows, inner); columns that fill up the last panel become zeros.</summary>
    /// <param name="format">Format of the blocks.</param>
    /// <param name="layout">Layout of the panels.</param>
    /// <param name="blocks">W, row after row.</param>
    /// <param name="rows">Rows of W.</param>
    /// <param name="inner">Columns of W.</param>
    /// <param name="panelWidth">Columns of a panel: 2 x lanes.</param>
    /// <param name="panels">Where to.</param>
    public static void Fill(
        BlockFormat format, BlockLayout layout, ReadOnlySpan<byte> blocks, int rows, int inner, int panelWidth, Span<uint> panels)
    {
        panels.Clear();
        var rowBytes = inner / format.Values * format.Bytes;
        var panelWords = layout.PanelWords(inner, panelWidth);
        for (var row = 0; row < rows; row++)
        {
            var panel = panels.Slice(row / panelWidth * panelWords, panelWords);
            FillColumn(format, layout, blocks.Slice(row * rowBytes, rowBytes), row % panelWidth, panelWidth / 2, panel);
        }
    }

    private static void FillColumn(
        BlockFormat format, BlockLayout layout, ReadOnlySpan<byte> blocks, int column, int lanes, Span<uint> panel)
    {
        Span<sbyte> numbers = stackalloc sbyte[BlockFormat.MostValues];
        Span<float> scales = stackalloc float[BlockFormat.MostScales], offsets = stackalloc float[BlockFormat.MostScales];
        var (inputs, registers) = layout.Size();
        var (lane, half) = (column % lanes, column / lanes);
        for (var block = 0; blocks.Length > 0; blocks = blocks[format.Bytes..])
        {
            format.Read(blocks, numbers, scales, offsets);
            for (var first = 0; first < format.Values; first += inputs, block++)
            {
                var to = panel[(block * registers * lanes)..];
                var from = numbers.Slice(first, inputs);
                switch (layout)
                {
                    case BlockLayout.Bytes:
                        to[lane] |= (uint)MemoryMarshal.Read<ushort>(blocks) << (16 * half);
                        PutBytes(from, to[lanes..], lane + (half * lanes), 2 * lanes);
                        break;
                    case BlockLayout.Nibbles:
                        PutWords(MemoryMarshal.Cast<byte, uint>(blocks[..16]), to, lane + (half * lanes), 2 * lanes);
                        PutNibbles(from, to[(8 * lanes)..], lane + (half * lanes), 2 * lanes);
                        break;
                    default:
                        var (group, count) = (first / format.Group, inputs / format.Group);
                        PutWords(MemoryMarshal.Cast<float, uint>(scales.Slice(group, count)), to, lane + (half * lanes), 2 * lanes);
                        to = to[(2 * count * lanes)..];
                        if (format.HasOffset)
                        {
                            PutWords(MemoryMarshal.Cast<float, uint>(offsets.Slice(group, count)), to, lane + (half * lanes), 2 * lanes);
                            to = to[(2 * count * lanes)..];
                        }

                        PutBytes(from, to, lane + (half * lanes), 2 * lanes);
                        break;
                }
            }
        }
    }

    private static void PutWords(ReadOnlySpan<uint> words, Span<uint> to, int at, int step)
    {
        foreach (var word in words)
        {
            to[at] = word;
            at += step;
        }
    }

    private static void PutBytes(ReadOnlySpan<sbyte> numbers, Span<uint> to, int at, int step)
        => PutWords(MemoryMarshal.Cast<sbyte, uint>(numbers), to, at, step);

    private static void PutNibbles(ReadOnlySpan<sbyte> numbers, Span<uint> to, int at, int step)
    {
        for (var i = 0; i < numbers.Length; i += 8)
        {
            var word = 0u;
            for (var place = 0; place < 8; place++)
            {
                word |= (uint)numbers[i + place] << (4 * place);
            }

            to[at] = word;
            at += step;
        }
    }
}
