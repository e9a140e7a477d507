namespace Mambascope.Numerics;

/// <summary>
/// The layouts of quantised panels. A new one is a struct of <see cref="IBlockPanels"/>, a name here and a case wherever this is
/// switched over.
/// </summary>
internal enum BlockLayout
{
    /// <summary><see cref="BytePanels"/>: Q8_0, in the bits of the file.</summary>
    Bytes,

    /// <summary><see cref="NibblePanels"/>: Q4_K, in the bits of the file.</summary>
    Nibbles,

    /// <summary><see cref="IntegerPanels{TShape}"/>: a scale for 32 inputs.</summary>
    Integers32,

    /// <summary>The same with an offset.</summary>
    Integers32Offset,

    /// <summary>A scale for 16 inputs.</summary>
    Integers16,

    /// <summary>The same with an offset.</summary>
    Integers16Offset,
}

/// <summary>Which layout holds a format, and how large it is.</summary>
internal static class BlockLayouts
{
    public static BlockLayout Of(BlockFormat format)
        => format == BlockFormat.Q8_0 ? BlockLayout.Bytes
            : format == BlockFormat.Q4_K ? BlockLayout.Nibbles
            : (format.Group, format.HasOffset) switch
            {
                (32, false) => BlockLayout.Integers32,
                (32, true) => BlockLayout.Integers32Offset,
                (_, false) => BlockLayout.Integers16,
                (_, true) => BlockLayout.Integers16Offset,
            };

    /// <summary>How the weight is said to be held.</summary>
    public static WeightFormat Name(this BlockLayout layout) => layout switch
    {
        BlockLayout.Bytes => WeightFormat.Q8_0,
        BlockLayout.Nibbles => WeightFormat.Q4_K,
        _ => WeightFormat.ScaledBytes,
    };

    /// <summary>Inputs and registers of a block.</summary>
    public static (int Inputs, int Registers) Size(this BlockLayout layout) => layout switch
    {
        BlockLayout.Bytes => Size<BytePanels>(),
        BlockLayout.Nibbles => Size<NibblePanels>(),
        BlockLayout.Integers32 => Size<IntegerPanels<By32>>(),
        BlockLayout.Integers32Offset => Size<IntegerPanels<By32WithOffset>>(),
        BlockLayout.Integers16 => Size<IntegerPanels<By16>>(),
        _ => Size<IntegerPanels<By16WithOffset>>(),
    };

    /// <summary>32-bit words of a panel of so many inputs and columns.</summary>
    public static int PanelWords(this BlockLayout layout, int inner, int panelWidth)
    {
        var (inputs, registers) = layout.Size();
        return checked(inner / inputs * registers * (panelWidth / 2));
    }

    private static (int Inputs, int Registers) Size<TLayout>()
        where TLayout : struct, IBlockPanels
        => (TLayout.Inputs, TLayout.Registers);
}
