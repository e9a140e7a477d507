using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// From pixels to the first block's tokens, as all patch models do it: patches, one linear layer, class token, positions.
/// </summary>
internal static class PatchEmbedding
{
    /// <summary>Tokens (B, L, d) of images (B, channels * height, width).</summary>
    public static Value<T> PatchTokens<T>(
        this Tape<T> tape,
        Value<T> pixels,
        PatchGrid grid,
        Weight projection,
        Weight bias,
        Weight? classToken,
        int classTokenPosition,
        Weight positions)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (pixels.Data.Length != grid.Channels * grid.ImageHeight || pixels.Data.Width != grid.ImageWidth)
        {
            throw new BadInputException(
                $"The model reads images of {grid.Channels} x {grid.ImageHeight} x {grid.ImageWidth} values; the input has "
                    + $"{pixels.Data.Length * pixels.Data.Width / (double)(grid.ImageHeight * grid.ImageWidth):0.##} x {grid.ImageHeight} "
                    + $"x {pixels.Data.Width}");
        }

        var patches = tape.Linear(tape.Unfold(pixels, grid), projection, bias); // (B, M, d)
        return tape.TokenSequence(patches, classToken, classTokenPosition, positions); // (B, L, d)
    }
}
