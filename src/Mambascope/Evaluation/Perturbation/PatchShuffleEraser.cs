namespace Mambascope.Evaluation.Perturbation;

/// <summary>
/// The picture with its patches in another order: local statistics stay those of the picture, meaning goes. No whole patch keeps its place
/// (a random cyclic permutation; Sattolo 1986). What is left over at the right and at the bottom, where the patch does not divide the
/// side, is shuffled pixel by pixel with itself.
/// </summary>
/// <param name="patch">Side of a patch in pixels; null for a fourteenth of the longer side, 16 at 224.</param>
internal sealed class PatchShuffleEraser(int? patch = null) : Eraser
{
    /// <inheritdoc/>
    public override string Name => "shuffle";

    /// <inheritdoc/>
    public override string Description => "the picture's own patches in random order";

    /// <inheritdoc/>
    public override Erasure Prepare(NormalisedImage image, int seed)
    {
        var side = patch ?? Math.Max(1, Math.Max(image.Height, image.Width) / 14);
        var (rows, columns) = (image.Height / Math.Max(1, side), image.Width / Math.Max(1, side));
        if (side < 1 || rows * columns < 2)
        {
            throw new BadInputException(
                $"patch shuffle: expected a patch side that gives at least two patches in {image.Width}x{image.Height} pixels, found "
                    + $"{side}");
        }

        var random = new Random(seed);
        var from = Cycle(rows * columns, random);
        var rest = Enumerable
            .Range(0, image.Plane)
            .Where(p => p / image.Width >= rows * side || p % image.Width >= columns * side)
            .ToArray();
        var restFrom = Cycle(rest.Length, random);
        var sourceOf = new int[image.Plane];
        for (var p = 0; p < image.Plane; p++)
        {
            var (y, x) = (p / image.Width, p % image.Width);
            if (y < rows * side && x < columns * side)
            {
                var other = from[(y / side * columns) + (x / side)];
                sourceOf[p] = (((other / columns * side) + (y % side)) * image.Width) + (other % columns * side) + (x % side);
            }
        }

        for (var i = 0; i < rest.Length; i++)
        {
            sourceOf[rest[i]] = rest[restFrom[i]];
        }

        var values = new float[image.Values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var channel = i / image.Plane * image.Plane;
            values[i] = image.Values[channel + sourceOf[i - channel]];
        }

        return new Replacement(values, image.Channels);
    }

    // Sattolo's algorithm: uniform among permutations of one cycle, so nothing maps to itself.
    private static int[] Cycle(int count, Random random)
    {
        var order = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var j = random.Next(i);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }
}
