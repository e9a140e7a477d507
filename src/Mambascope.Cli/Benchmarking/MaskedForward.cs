using System.Diagnostics;
using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Inputs.Images;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Cli.Benchmarking;

/// <summary>
/// The perturbation test of one map beside plain inference on as many pictures in batches of the same size: on one thread, as an evaluation
/// runs it (every image has its own). The two are timed in turn, so that another program's load falls on both alike.
/// </summary>
/// <param name="Masked">From map to record: enlarging, ordering pixels, masking copies of one picture, classifying them.</param>
/// <param name="Batched">Classifying as many pictures that are there already.</param>
/// <param name="ShareOfBatched">Rate of the masked pictures as a share of the plain ones': the median over pairs of runs.</param>
internal sealed record MaskedForward(Measurement Masked, Measurement Batched, double ShareOfBatched)
{
    private const int FewestPairs = 5;
    private const int MostPairs = 50;
    private static readonly TimeSpan enough = TimeSpan.FromSeconds(4);

    /// <summary>Times both.</summary>
    /// <param name="model">The model.</param>
    /// <param name="preprocessing">Its own; normalisation is what matters here.</param>
    /// <param name="forward">Floating-point operations of one picture.</param>
    internal static MaskedForward Of(IVisionModel model, Preprocessing preprocessing, double forward)
    {
        using var alone = new Workers(1);
        var pool = new BufferPool<float>();
        var (side, grid, protocol) = (model.Grid.ImageHeight, model.Grid, new PerturbationProtocol());
        var tested = new PictureModel(new("", ""), model, PictureModel.Squashed(preprocessing, side));
        var classify = tested.Classifier(alone, pool);

        // Noise: what the pixels are does not change the work.
        var random = new Random(1);
        var bytes = new byte[3 * side * side];
        random.NextBytes(bytes);
        var image = tested.Preprocessing.Apply(new RgbImage(side, side, bytes));
        var map = new RelevanceMap<float>
        {
            Values = [.. Enumerable.Range(0, grid.Count).Select(_ => random.NextSingle())],
            Rows = grid.Rows,
            Columns = grid.Columns,
        };
        var subject = new PixelPerturbation(classify, tested.Preprocessing, protocol).Prepare(image, unit: 0);

        var pictures = 2 * protocol.Fractions.Count;
        var batches = Enumerable
            .Range(0, (pictures + protocol.BatchSize - 1) / protocol.BatchSize)
            .Select(i => Copies(image, Math.Min(protocol.BatchSize, pictures - (i * protocol.BatchSize)), side))
            .ToArray();
        return Measure(
            alone,
            pictures * forward,
            () => subject.Measure(map, explained: 0, label: 0),
            () => Array.ForEach(batches, batch => classify(batch)));
    }

    private static MaskedForward Measure(Workers alone, double work, Action masked, Action batched)
    {
        var peak = FmaPeak.Measure(alone, Measurement.PeakMilliseconds);
        masked();
        batched();
        var pairs = new List<(double Masked, double Batched)>();
        for (var clock = Stopwatch.StartNew(); pairs.Count < MostPairs && (pairs.Count < FewestPairs || clock.Elapsed < enough);)
        {
            // Each goes first as often as the other.
            var isMaskedFirst = pairs.Count % 2 == 0;
            var first = Measurement.Time(isMaskedFirst ? masked : batched).TotalMilliseconds;
            var second = Measurement.Time(isMaskedFirst ? batched : masked).TotalMilliseconds;
            pairs.Add(isMaskedFirst ? (first, second) : (second, first));
        }

        peak = Math.Max(peak, FmaPeak.Measure(alone, Measurement.PeakMilliseconds));
        return new(
            new("masked_forward", Measurement.Median(pairs.Select(pair => pair.Masked)), pairs.Count, work, peak),
            new("batched_forward", Measurement.Median(pairs.Select(pair => pair.Batched)), pairs.Count, work, peak),
            Measurement.Median(pairs.Select(pair => pair.Batched / pair.Masked)));
    }

    private static Activation<float> Copies(PreprocessedImage image, int count, int side)
    {
        var batch = Activation<float>.Zeros(count, image.ChannelCount * side, side);
        for (var i = 0; i < count; i++)
        {
            image.PixelValues.CopyTo(batch.Item(i).Extent);
        }

        return batch;
    }
}
