using System.Collections.Concurrent;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Inputs.Images;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Runs;

/// <summary>
/// Runs images x models x methods through one test. Images are shared among threads, each worked on by one; results leave in the order of
/// the images, so neither threads nor interruptions change a byte of them.
/// </summary>
public sealed class EvaluationRun
{
    private readonly IImageDataset data;
    private readonly IReadOnlyList<TestModel> models;
    private readonly IReadOnlyList<IReadOnlyList<TestMethod>> methods;
    private readonly IReadOnlyList<Lazy<IPreparedTest>> prepared; // one a model, made when its first image is there
    private readonly ConcurrentBag<BufferPool<float>> pools = [];

    /// <summary>Sets up a run.</summary>
    /// <param name="test">The test.</param>
    /// <param name="data">The images.</param>
    /// <param name="models">The models.</param>
    /// <param name="methods">The methods of each model, controls included.</param>
    /// <param name="explained">Which class is explained.</param>
    /// <param name="seed">Seed of everything that is drawn.</param>
    /// <param name="shard">This part of the images, from 0.</param>
    /// <param name="shards">Parts in all.</param>
    /// <exception cref="BadInputException">The data set lacks what the test needs.</exception>
    public EvaluationRun(
        ImageTest test, IImageDataset data, IReadOnlyList<TestModel> models, IReadOnlyList<IReadOnlyList<TestMethod>> methods, ExplainedClass explained, int seed, int shard = 0, int shards = 1)
    {
        if ((test.NeedsLabels || explained == ExplainedClass.True) && !data.HasLabels)
        {
            throw new BadInputException($"{data.Name} has no labels, and {(test.NeedsLabels ? $"the test {test.Name}" : "explaining the true class")} needs them; give a labels file");
        }

        if (test.NeedsMasks && !data.HasMasks)
        {
            throw new BadInputException($"{data.Name} has no masks, and the test {test.Name} needs them; use a data set with masks, for example fashion-scenes:test:200");
        }

        (this.data, this.models, this.methods) = (data, models, methods);
        prepared = [.. models.Select(model => new Lazy<IPreparedTest>(() => test.Prepare(model, seed)))];
        Settings = new(
            test.Name, test.Options, data.Name, data.Count, [.. models.Select(model => model.Fingerprint)],
            [.. methods.Select(list => (IReadOnlyList<string>)[.. list.Select(method => method.Name)])], explained, seed, shard, shards);
    }

    /// <summary>What decides the results.</summary>
    public EvaluationSettings Settings { get; }

    /// <summary>Works through the images of the shard from the given place on.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="first">Images of the shard that are done already.</param>
    /// <param name="count">Images to do at most.</param>
    /// <param name="finished">Called with the lines of each image, one image after the other, in order; never at the same time.</param>
    /// <param name="cancellation">Stops between images.</param>
    public void Run(Workers workers, int first, int count, Action<IReadOnlyList<ResultLine>> finished, CancellationToken cancellation = default)
    {
        var units = Settings.Units.Skip(first).Take(count).ToArray();
        var waiting = new Dictionary<int, IReadOnlyList<ResultLine>>();
        var next = 0;
        using var alone = new Workers(1);
        workers.For(units.Length, i =>
        {
            cancellation.ThrowIfCancellationRequested();
            var lines = Measure(alone, units[i]);
            lock (waiting)
            {
                for (waiting.Add(i, lines); waiting.Remove(next, out var ready); next++)
                {
                    finished(ready);
                }
            }
        });
    }

    private List<ResultLine> Measure(Workers alone, int index)
    {
        var source = data.Read(index);
        var pool = pools.TryTake(out var used) ? used : new();
        var lines = new List<ResultLine>();
        for (var m = 0; m < models.Count; m++)
        {
            var name = models[m].Fingerprint.Name;
            var (image, maps) = Explain(models[m], methods[m], index, source, alone, pool);
            var records = prepared[m].Value.Measure(image, maps, alone, pool);
            var prediction = ArgMax(image.Scores);
            lines.AddRange(maps.Zip(records, (map, record) => new ResultLine(index, source.Id, name, map.Method.Name, source.Label, prediction, image.Explained, source.Columns, record)));
        }

        pools.Add(pool);
        return lines;
    }

    // The run's memory goes back before the test asks the model again.
    private (TestImage Image, IReadOnlyList<TestMap> Maps) Explain(TestModel model, IReadOnlyList<TestMethod> asked, int index, DatasetImage source, Workers alone, BufferPool<float> pool)
    {
        var side = model.Network.Grid.ImageHeight;
        var input = model.Preprocessing.Apply(source.Image);
        var pixels = Activation<float>.Of(input.PixelValues, 1, input.ChannelCount * side, side);
        using var trace = model.Network.Forward(new Tape<float>(alone, pool, isRecording: true), pixels);
        var scores = trace.Logits.Data.Row(0).ToArray();
        if (scores.FirstOrDefault(score => !float.IsFinite(score)) is var bad && !float.IsFinite(bad))
        {
            throw new BadInputException($"{model.Fingerprint.Name}: a score of image {source.Id} is {bad}; expected finite scores");
        }

        if (source.Label >= scores.Length)
        {
            throw new BadInputException($"image {source.Id} has label {source.Label}, {model.Fingerprint.Name} has classes 0 to {scores.Length - 1}");
        }

        var explained = Settings.Explained == ExplainedClass.True ? source.Label!.Value : ArgMax(scores);
        var image = new TestImage(index, source, input, Mask(source, source.Mask, side), Mask(source, source.OtherMask, side), scores, explained);
        using var decision = new Decision<float>(trace, [explained]);
        return (image, [.. asked.Select(method => new TestMap(method, method.Map(decision, model.Network, image)))]);
    }

    private static int ArgMax(float[] scores) => Array.IndexOf(scores, scores.Max());

    private static ObjectMask? Mask(DatasetImage source, byte[]? mask, int side)
        => mask is null ? null : MaskResize.Nearest(mask, source.Image.Height, source.Image.Width, side, side);
}
