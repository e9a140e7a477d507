using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>Patches of an image as rows; see <see cref="Unfold"/>. Gradients reach the pixels.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class UnfoldOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal UnfoldOperator(Value<T> pixels, PatchGrid grid, Value<T> output)
    {
        Pixels = pixels;
        Grid = grid;
        Output = output;
    }

    /// <summary>Images (Batch, Channels * Height, Width).</summary>
    public Value<T> Pixels { get; }

    /// <summary>How patches are cut.</summary>
    public PatchGrid Grid { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [Pixels];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.Target(Pixels) is not { } dPixels)
        {
            return;
        }

        Unfold.Backward(replay.Workers, dOutput, Grid.Channels, Grid.PatchSize, Grid.Stride, dPixels.Data, dPixels.Accumulate);
    }
}

/// <summary>Puts patch extraction on a tape.</summary>
internal static class UnfoldExtensions
{
    /// <summary>(Batch, M, Channels P P) from images (Batch, Channels * Height, Width).</summary>
    public static Value<T> Unfold<T>(this Tape<T> tape, Value<T> pixels, PatchGrid grid)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var patches = tape.NewValue(pixels.Data.Batch, grid.Count, grid.Channels * grid.PatchSize * grid.PatchSize);
        Numerics.Unfold.Forward(tape.Workers, pixels.Data, grid.Channels, grid.PatchSize, grid.Stride, patches.Data);
        return tape.Record(new UnfoldOperator<T>(pixels, grid, patches));
    }
}
