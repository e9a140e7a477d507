using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Models.Mixers;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// The convolutions of a MedMamba block, on half of the channels:
/// l = relu( c7( relu( bn5( c4( relu( bn2( c1( bn0(L) ))) ))) )), c1 and c4 3 x 3 with padding, c7 1 x 1. bn0 stands before a padded
/// convolution, whose zeros come after it.
/// </summary>
/// <param name="First">bn0.</param>
/// <param name="Conv1">c1 (h, h, 3, 3) and its bias.</param>
/// <param name="Second">bn2.</param>
/// <param name="Conv4">c4 (h, h, 3, 3) and its bias.</param>
/// <param name="Third">bn5.</param>
/// <param name="Conv7">c7 (h, h, 1, 1) and its bias.</param>
internal sealed record ConvolutionBranch(
    BatchNormWeights First,
    (Weight Weight, Weight Bias) Conv1,
    BatchNormWeights Second,
    (Weight Weight, Weight Bias) Conv4,
    BatchNormWeights Third,
    (Weight Weight, Weight Bias) Conv7)
{
    private static readonly GridWindow window = new(Kernel: 3, Stride: 1, Padding: 1);

    /// <summary>l (B, L, h).</summary>
    public Value<T> Of<T>(Tape<T> tape, Value<T> left, GridShape grid)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var a = tape.Conv2d(tape.BatchNorm(left, First), Conv1.Weight, Conv1.Bias, grid, window);
        var b = tape.Conv2d(tape.Relu(tape.BatchNorm(a, Second)), Conv4.Weight, Conv4.Bias, grid, window);
        return tape.Relu(tape.Linear(tape.Relu(tape.BatchNorm(b, Third)), Conv7.Weight, Conv7.Bias));
    }
}

/// <summary>
/// What a MedMamba block adds to the residual stream: convolutions of its first half of channels and SS2D of the second, channels in turn.
/// </summary>
/// <param name="convolutions">Of the first half.</param>
/// <param name="norm">ln_1, in front of the scans (h).</param>
/// <param name="scans">Of the second half.</param>
internal sealed class SplitMixer(ConvolutionBranch convolutions, Norm norm, Ss2dMixer scans) : IMixer
{
    /// <inheritdoc/>
    public Tracing.MixerShape Shape => scans.Shape;

    /// <summary>Nothing: a picture is read whole.</summary>
    public LayerState<T>? NewState<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => null;

    /// <inheritdoc/>
    public MixerOutput<T> Forward<T>(Tape<T> tape, MixerInput<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (half, grid) = (input.Stream.Data.Width / 2, input.Positions.Grid);
        var left = convolutions.Of(tape, input.Stream.Columns(0, half), new(grid.Rows, grid.Columns));
        var right = scans.Run(tape, norm.Of(tape, input.Stream.Columns(half, half)), input.Positions);

        // The other half counts as the identity among tokens: I + M / 2.
        return new(tape.Interleave(left, right.Output), right with { Share = 0.5 });
    }
}
