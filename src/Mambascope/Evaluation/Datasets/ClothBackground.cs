namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// A background of shuffled pieces of a garment in the garment's own tint: the colours, the shading and the edges are the garment's, and
/// only the whole is missing.
/// </summary>
internal static class ClothBackground
{
    private const int SmallestPiece = 4;
    private const int Sizes = 5; // 4 to 8 pixels
    private const int Attempts = 12;

    /// <summary>
    /// Covers the canvas with pieces, of one size a scene: full ones side by side, then others that may be of the garment's edge, so that
    /// the background has as many dark outlines.
    /// </summary>
    /// <param name="canvas">Filled with the garment's mean colour, which shows where a piece has holes.</param>
    /// <param name="random">The scene's numbers.</param>
    /// <param name="patch">The garment.</param>
    /// <param name="tint">Its tint.</param>
    /// <param name="every">Paints one piece of so many.</param>
    public static void Paint(SceneCanvas canvas, ref SplitMix64 random, GarmentPatch patch, ReadOnlySpan<float> tint, int every = 1)
    {
        var side = Math.Min(SmallestPiece + random.Below(Sizes), Math.Min(patch.InkBox.Width, patch.InkBox.Height));
        Lay(canvas, ref random, patch, tint, side, cloth: side * side, every);
        Lay(canvas, ref random, patch, tint, side, cloth: side * side / 2, every);
    }

    private static void Lay(
        SceneCanvas canvas, ref SplitMix64 random, GarmentPatch patch, ReadOnlySpan<float> tint, int side, int cloth, int every)
    {
        var (x0, y0) = (-random.Below(side), -random.Below(side));
        for (var y = y0; y < SceneCanvas.Size; y += side)
        {
            for (var x = x0; x < SceneCanvas.Size; x += side)
            {
                if (random.Below(every) != 0)
                {
                    continue;
                }

                var (left, top) = Piece(ref random, patch, side, cloth);
                var crop = new Box(
                    left + Math.Max(0, -x), top + Math.Max(0, -y),
                    left + Math.Min(side, SceneCanvas.Size - x), top + Math.Min(side, SceneCanvas.Size - y));
                canvas.Blend(patch, crop, x - left, y - top, tint);
            }
        }
    }

    // The first of a few tries with so much cloth, or the one with most.
    private static (int Left, int Top) Piece(ref SplitMix64 random, GarmentPatch patch, int side, int wanted)
    {
        var ink = patch.InkBox;
        var (best, most) = ((ink.Left, ink.Top), -1);
        for (var attempt = 0; attempt < Attempts && most < wanted; attempt++)
        {
            var (left, top) = (ink.Left + random.Below(ink.Width + 1 - side), ink.Top + random.Below(ink.Height + 1 - side));
            var cloth = Cloth(patch, new Box(left, top, left + side, top + side));
            if (cloth > most)
            {
                (best, most) = ((left, top), cloth);
            }
        }

        return best;
    }

    private static int Cloth(GarmentPatch patch, Box crop)
    {
        var cloth = 0;
        for (var y = crop.Top; y < crop.Bottom; y++)
        {
            for (var x = crop.Left; x < crop.Right; x++)
            {
                cloth += GarmentPatch.InMask(patch.Grey[(y * patch.Side) + x]) ? 1 : 0;
            }
        }

        return cloth;
    }
}
