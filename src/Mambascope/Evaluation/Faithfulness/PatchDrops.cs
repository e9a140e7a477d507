using Mambascope.Attribution;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Faithfulness;

/// <summary>How subsets of patches are drawn and erased.</summary>
public sealed record PatchSampling
{
    /// <summary>Subsets for each picture.</summary>
    public int Samples { get; init; } = 64;

    /// <summary>Share of the patches in a subset, above 0 and below 1.</summary>
    public double Share { get; init; } = 0.2;

    /// <summary>What stands in the place of an erased patch.</summary>
    public Eraser Eraser { get; init; } = new BlackEraser();

    /// <summary>Pictures that are classified together.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Seed; with the number of the picture it fixes the subsets.</summary>
    public int Seed { get; init; }
}

/// <summary>
/// By how much the score of a class falls when subsets of patches are erased. The model is asked once for a picture and a class; every
/// map of them is then judged by arithmetic alone (<see cref="MapFaithfulness"/>).
/// </summary>
/// <param name="Rows">Patches from top to bottom.</param>
/// <param name="Columns">Patches from left to right.</param>
/// <param name="Subsets">The patches erased in each sample.</param>
/// <param name="Drops">Logit of the class for the clean picture minus the one for the erased one.</param>
public sealed record PatchDrops(int Rows, int Columns, IReadOnlyList<int[]> Subsets, IReadOnlyList<double> Drops)
{
    /// <summary>Draws subsets and asks the model.</summary>
    /// <param name="classify">The model.</param>
    /// <param name="image">The picture.</param>
    /// <param name="rows">Patches from top to bottom.</param>
    /// <param name="columns">Patches from left to right.</param>
    /// <param name="explained">The class whose score is watched.</param>
    /// <param name="unit">Number of the picture in the data set.</param>
    /// <param name="sampling">How to draw and erase.</param>
    /// <exception cref="BadInputException">The sampling cannot be carried out.</exception>
    public static PatchDrops Measure(
        BatchClassifier classify, NormalisedImage image, int rows, int columns, int explained, int unit, PatchSampling? sampling = null)
    {
        sampling ??= new();
        if (sampling.Samples < 2 || !(sampling.Share > 0 && sampling.Share < 1) || sampling.BatchSize < 1)
        {
            throw new BadInputException(
                $"patch sampling: expected at least 2 samples, a share between 0 and 1 and a batch of 1 or more, found {sampling.Samples}, "
                    + $"{sampling.Share} and {sampling.BatchSize}");
        }

        var seed = StableSeed.Of(sampling.Seed, unit);
        var random = new Random(StableSeed.Of(seed, 1)); // not the stream of the random control, which has the same seed and unit
        var patches = rows * columns;
        var count = Math.Clamp((int)Math.Round(patches * sampling.Share), 1, patches);
        var subsets = Enumerable.Range(0, sampling.Samples).Select(_ => Draw(random, patches, count)).ToArray();
        var erasure = sampling.Eraser.Prepare(image, seed);
        var pixelsOf = PixelsOfPatches(image, rows, columns);
        var drops = new double[subsets.Length];
        var buffer = Activation<float>.Zeros(sampling.BatchSize, image.Channels * image.Height, image.Width);
        image.Values.CopyTo(buffer.Item(0).Extent);
        var clean = (double)classify(View(buffer, 1)).Row(0)[explained];
        for (var first = 0; first < subsets.Length; first += sampling.BatchSize)
        {
            var batch = View(buffer, Math.Min(sampling.BatchSize, subsets.Length - first));
            for (var i = 0; i < batch.Batch; i++)
            {
                image.Values.CopyTo(batch.Item(i).Extent);
                erasure.Erase([.. subsets[first + i].SelectMany(patch => pixelsOf[patch])], batch.Item(i).Extent);
            }

            var logits = classify(batch);
            for (var i = 0; i < batch.Batch; i++)
            {
                drops[first + i] = clean - logits.Row(i)[explained];
            }
        }

        return new(rows, columns, subsets, drops);
    }

    /// <summary>The relevance of each subset: the sum over its patches; of a map of pixels, over their pixels.</summary>
    /// <exception cref="BadInputException">The map has another grid.</exception>
    public double[] Sums(RelevanceMap<float> map)
    {
        var isOfPixels = map.IsPixelwise && map.Rows >= Rows && map.Columns >= Columns;
        if (!isOfPixels && (map.Rows != Rows || map.Columns != Columns))
        {
            throw new BadInputException($"faithfulness: expected a map of {Rows}x{Columns} patches, found {map.Rows}x{map.Columns}");
        }

        var perPatch = new double[Rows * Columns];
        for (var i = 0; i < map.Values.Length; i++)
        {
            perPatch[PatchOf(i, map.Rows, map.Columns, Rows, Columns)] += map.Values[i];
        }

        return [.. Subsets.Select(subset => subset.Sum(patch => perPatch[patch]))];
    }

    private static Activation<float> View(Activation<float> buffer, int count)
        => new(buffer.Buffer, buffer.Offset, count, buffer.Length, buffer.Width, buffer.RowStride);

    // The first k of a shuffled deck.
    private static int[] Draw(Random random, int patches, int count)
    {
        var deck = Enumerable.Range(0, patches).ToArray();
        for (var i = 0; i < count; i++)
        {
            var j = random.Next(i, patches);
            (deck[i], deck[j]) = (deck[j], deck[i]);
        }

        return deck[..count];
    }

    private static int[][] PixelsOfPatches(NormalisedImage image, int rows, int columns)
        => [.. Enumerable.Range(0, image.Plane)
            .GroupBy(pixel => PatchOf(pixel, image.Height, image.Width, rows, columns))
            .OrderBy(patch => patch.Key)
            .Select(patch => patch.ToArray())];

    private static int PatchOf(int pixel, int height, int width, int rows, int columns)
        => (pixel / width * rows / height * columns) + (pixel % width * columns / width);
}
