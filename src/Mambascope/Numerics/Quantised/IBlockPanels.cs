namespace Mambascope.Numerics;

/// <summary>
/// A layout of quantised values in panels (<see cref="PackedMatrix"/>), as <see cref="BlockPanels{TWidth, TVector}"/> widens it. A block is
/// some inputs of all columns of a panel, 2 x lanes; it is a row of registers. Columns i and lanes + i stand in lane i of two registers,
/// the halves 0 and 1, side by side. Whole numbers of neighbouring inputs share a 32-bit lane: a word.
/// </summary>
internal unsafe interface IBlockPanels
{
    /// <summary>Inputs of a block, a multiple of 32.</summary>
    static abstract int Inputs { get; }

    /// <summary>Registers of a block: (bits a value) x inputs x 2 / 32.</summary>
    static abstract int Registers { get; }

    /// <summary>Inputs that share a scale: 16 or 32.</summary>
    static abstract int Group { get; }

    /// <summary>Whether an offset is taken off after scaling.</summary>
    static abstract bool HasOffset { get; }

    /// <summary>Whole numbers in a word: 4 or 8.</summary>
    static abstract int NumbersInWord { get; }

    /// <summary>The register in which the whole numbers begin; what comes before are scales.</summary>
    static abstract int NumbersAt { get; }

    /// <summary>The scales of a group of inputs, for one half of the columns.</summary>
    static abstract TVector Scale<TWidth, TVector>(float* block, int group, int half)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged;

    /// <summary>The offsets of a group of inputs, for one half of the columns.</summary>
    static abstract TVector Offset<TWidth, TVector>(float* block, int group, int half)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged;

    /// <summary>The whole number at a place of a word, as a single.</summary>
    static abstract TVector Number<TWidth, TVector>(TVector word, int place)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged;

    /// <summary>
    /// The whole number at a place of a word over <see cref="RowFactor"/>, as a single: where a row of factors is multiplied by it
    /// beforehand, fewer operations take the number out.
    /// </summary>
    static abstract TVector RowNumber<TWidth, TVector>(TVector word, int place)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged;

    /// <summary>What <see cref="RowNumber"/> at a place is to be multiplied by: a power of two.</summary>
    static abstract float RowFactor(int place);
}
