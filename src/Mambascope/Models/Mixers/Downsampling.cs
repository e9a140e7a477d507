using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models.Mixers;

/// <summary>What joins tokens in front of a stage: a window that steps over the grid.</summary>
internal abstract class Downsampling
{
    /// <summary>The window over the grid of the stage before.</summary>
    public abstract GridWindow Window { get; }

    /// <summary>The residual stream of the next stage (B, windows, 2C) from that of the last (B, H W, C).</summary>
    public abstract Value<T> Of<T>(Tape<T> tape, Value<T> stream, GridShape grid)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>What became of the tokens.</summary>
    public TokenMerge<T> Merge<T>(GridShape grid)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => TokenMerges.Of<T>(grid, Window);
}

/// <summary>
/// Two by two tokens side by side, a layer norm over their 4C channels, a linear map to 2C (Swin's patch merging). Channels of the places
/// (0, 0), (1, 0), (0, 1), (1, 1), counted (row, column).
/// </summary>
/// <param name="norm">norm (4C).</param>
/// <param name="reduction">reduction.weight (2C, 4C).</param>
/// <param name="isCropped">Whether an odd last row or column is left out; else zeros are put beside it.</param>
internal sealed class PatchMerging(Norm norm, Weight reduction, bool isCropped) : Downsampling
{
    private static readonly int[] places = [0, 2, 1, 3];

    /// <inheritdoc/>
    public override GridWindow Window { get; } = new(Kernel: 2, Stride: 2, Padding: 0, Overhang: isCropped ? 0 : 1);

    /// <inheritdoc/>
    public override Value<T> Of<T>(Tape<T> tape, Value<T> stream, GridShape grid)
        => tape.Linear(norm.Of(tape, tape.GridWindows(stream, grid, Window, places)), reduction);
}

/// <summary>A strided convolution C to 2C and a layer norm.</summary>
/// <param name="conv">(2C, C, K, K).</param>
/// <param name="bias">(2C).</param>
/// <param name="norm">(2C).</param>
internal sealed class ConvDownsampling(Weight conv, Weight bias, Norm norm) : Downsampling
{
    /// <summary>Kernel 3 is padded, kernel 2 is not.</summary>
    public override GridWindow Window { get; } = new(conv.Shape[2], Stride: 2, Padding: (conv.Shape[2] - 1) / 2);

    /// <inheritdoc/>
    public override Value<T> Of<T>(Tape<T> tape, Value<T> stream, GridShape grid)
        => norm.Of(tape, tape.Conv2d(stream, conv, bias, grid, Window));
}
