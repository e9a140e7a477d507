using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Inputs.Images;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Runs;

/// <summary>A run over images.</summary>
public sealed class ImageEvaluation : EvaluationRun
{
    private readonly IImageDataset data;
    private readonly IReadOnlyList<TestModel> models;
    private readonly IReadOnlyList<IReadOnlyList<TestMethod>> methods;
    private readonly IReadOnlyList<Lazy<IPreparedTest>> prepared; // one a model, made when its first image is there

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
    public ImageEvaluation(
        IImageTest test, IImageDataset data, IReadOnlyList<TestModel> models, IReadOnlyList<IReadOnlyList<TestMethod>> methods, ExplainedClass explained, int seed, int shard = 0, int shards = 1)
        : base(new(
            test.Name, test.Options, data.Name, data.Count, [.. models.Select(model => model.Fingerprint)],
            [.. methods.Select(list => (IReadOnlyList<string>)[.. list.Select(method => method.Name)])], explained, seed, shard, shards))
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
    }

    private protected override IReadOnlyList<ResultLine> Measure(int index, Workers alone, BufferPool<float> pool)
    {
        var source = data.Read(index);
        var lines = new List<ResultLine>();
        for (var m = 0; m < models.Count; m++)
        {
            var name = models[m].Fingerprint.Name;
            var (image, maps) = Explain(models[m], methods[m], index, source, alone, pool);
            var records = prepared[m].Value.Measure(image, maps, alone, pool);
            var prediction = ArgMax.Of(image.Scores);
            lines.AddRange(maps.Zip(records, (map, record) => new ResultLine(index, source.Id, name, map.Method.Name, source.Label, prediction, image.Explained, source.Columns, record)));
        }

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

        var explained = Settings.Explained == ExplainedClass.True ? source.Label!.Value : ArgMax.Of(scores);
        var image = new TestImage(index, source, input, Mask(source, source.Mask, side), Mask(source, source.OtherMask, side), scores, explained);
        using var decision = new Decision<float>(trace, [explained]);
        return (image, [.. asked.Select(method => new TestMap(method, method.Map(decision, model.Network, image)))]);
    }

    private static ObjectMask? Mask(DatasetImage source, byte[]? mask, int side)
        => mask is null ? null : MaskResize.Nearest(mask, source.Image.Height, source.Image.Width, side, side);
}
