using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;

namespace Mambascope.Models.Mixers;

/// <summary>From pixels to the first tokens of a model with stages: one token for 4 x 4 pixels.</summary>
internal abstract class Stem
{
    /// <summary>Pixels a token stands for along one side.</summary>
    public const int Patch = 4;

    /// <summary>How a picture of a size becomes tokens.</summary>
    public abstract PatchGrid Grid(int channels, int height, int width);

    /// <summary>Tokens (B, L, C) of images (B, channels * height, width).</summary>
    public abstract Value<T> Of<T>(Tape<T> tape, Value<T> pixels, PatchGrid grid)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>One convolution with kernel and stride 4, and a layer norm.</summary>
/// <param name="conv">(C, channels, 4, 4).</param>
/// <param name="bias">(C).</param>
/// <param name="norm">(C).</param>
internal sealed class PatchStem(Weight conv, Weight bias, Norm norm) : Stem
{
    /// <inheritdoc/>
    public override PatchGrid Grid(int channels, int height, int width) => new(channels, height, width, Patch, Patch);

    /// <inheritdoc/>
    public override Value<T> Of<T>(Tape<T> tape, Value<T> pixels, PatchGrid grid)
        => norm.Of(tape, tape.Linear(tape.Unfold(pixels, grid), conv, bias));
}

/// <summary>Two convolutions with kernel 3, stride 2 and padding 1, each with a layer norm behind it, GELU between them.</summary>
/// <param name="first">Convolution (C/2, channels, 3, 3), its bias, its norm.</param>
/// <param name="second">Convolution (C, C/2, 3, 3), its bias, its norm.</param>
internal sealed class ConvStem((Weight Conv, Weight Bias, Norm Norm) first, (Weight Conv, Weight Bias, Norm Norm) second) : Stem
{
    private static readonly GridWindow window = new(Kernel: 3, Stride: 2, Padding: 1);

    /// <summary>Sides are halved twice, rounded up: the last token may stand for pixels beyond the picture.</summary>
    public override PatchGrid Grid(int channels, int height, int width) => new(channels, height, width, Patch, Patch, Overhang: Patch - 1);

    /// <inheritdoc/>
    public override Value<T> Of<T>(Tape<T> tape, Value<T> pixels, PatchGrid grid)
    {
        GridShape picture = new(grid.ImageHeight, grid.ImageWidth);
        var each = tape.Unfold(pixels, new(grid.Channels, grid.ImageHeight, grid.ImageWidth, PatchSize: 1, Stride: 1)); // a token a pixel
        var half = first.Norm.Of(tape, tape.Conv2d(each, first.Conv, first.Bias, picture, window));
        return second.Norm.Of(tape, tape.Conv2d(tape.Gelu(half), second.Conv, second.Bias, window.Over(picture), window));
    }
}
