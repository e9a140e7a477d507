using System.Diagnostics;
using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>
/// Cuts images into patches, the input of a patch embedding as a matrix product: images (Batch, Channels * H, W) to patches
/// (Batch, M, Channels * P * P), each patch in the order of a convolution's weight (channel, row, column), patches row after row with
/// M = ((H - P) / stride + 1) * ((W - P) / stride + 1). Patches overlap where the stride is less than P. Copies only, so one form serves
/// every type.
/// </summary>
internal static class Unfold
{
    /// <summary>patches[m, (c, ky, kx)] = images[c, stride my + ky, stride mx + kx].</summary>
    public static void Forward<T>(Workers workers, Activation<T> images, int channels, int patch, int stride, Activation<T> patches)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (down, across) = Grid(images, channels, patch, stride);
        Debug.Assert(
            patches.Batch == images.Batch && patches.Length == down * across && patches.Width == channels * patch * patch, "shapes differ");
        var height = images.Length / channels;
        workers.For(images.Batch * down, piece =>
        {
            var (item, my) = (piece / down, piece % down);
            for (var mx = 0; mx < across; mx++)
            {
                var to = patches.Row(item, (my * across) + mx);
                for (var line = 0; line < channels * patch; line++)
                {
                    var (c, ky) = (line / patch, line % patch);
                    images.Row(item, (c * height) + (my * stride) + ky).Slice(mx * stride, patch).CopyTo(to[(line * patch)..]);
                }
            }
        });
    }

    /// <summary>
    /// dimages = the sum of the patch gradients that cover each pixel (the adjoint of <see cref="Forward"/>), or dimages += it.
    /// </summary>
    public static void Backward<T>(
        Workers workers, Activation<T> dpatches, int channels, int patch, int stride, Activation<T> dimages, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (down, across) = Grid(dimages, channels, patch, stride);
        Debug.Assert(
            dpatches.Batch == dimages.Batch && dpatches.Length == down * across && dpatches.Width == channels * patch * patch,
            "shapes differ");
        var height = dimages.Length / channels;

        // A pixel belongs to one channel of one item; within it the patches add in their own order.
        workers.For(dimages.Batch * channels, piece =>
        {
            var (item, c) = (piece / channels, piece % channels);
            for (var y = 0; y < height && !accumulate; y++)
            {
                dimages.Row(item, (c * height) + y).Clear();
            }

            for (var m = 0; m < down * across; m++)
            {
                var (my, mx) = (m / across, m % across);
                var from = dpatches.Row(item, m).Slice(c * patch * patch, patch * patch);
                for (var ky = 0; ky < patch; ky++)
                {
                    var to = dimages.Row(item, (c * height) + (my * stride) + ky).Slice(mx * stride, patch);
                    for (var kx = 0; kx < patch; kx++)
                    {
                        to[kx] += from[(ky * patch) + kx];
                    }
                }
            }
        });
    }

    /// <summary>Rows and columns of the grid of patches.</summary>
    public static (int Down, int Across) Grid<T>(Activation<T> images, int channels, int patch, int stride)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => ((((images.Length / channels) - patch) / stride) + 1, ((images.Width - patch) / stride) + 1);
}
