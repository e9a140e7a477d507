using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Runs;
using Mambascope.Inputs.Images;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;

namespace Mambascope.Tests.Evaluation.Runs;

/// <summary>
/// Five pictures of noise with masks and labels, a Vision Mamba and a transformer that read them, and a run of a measure over all.
/// </summary>
internal static class SmallEvaluation
{
    public const int Seed = 4;

    private static readonly string[] vimMethods = ["raw", "attribution", "smoothgrad"];
    private static readonly string[] deitMethods = ["raw", "transformer-attribution", "full-lrp"];

    public static PictureModel Vim { get; } = Model("vim", new VisionMamba(TinyVim.Config, TinyVim.Weights(TinyVim.Config)));

    public static PictureModel DeiT { get; } =
        Model("deit", TinyDeiT.Model(TinyDeiT.Config with { ImageSize = 20, Channels = 3, PatchSize = 4 }));

    public static IImageDataset Data { get; } = new Noise();

    /// <summary>A method of each kind (without a class, with one, run again, by the pixel), and the controls.</summary>
    public static IReadOnlyList<MeasuredMethod> Methods(PictureModel model) =>
    [
        .. (model == Vim ? vimMethods : deitMethods)
            .Select(name => MeasuredMethod.Of(AttributionMethods.Find(name, model.Network.Shape), new() { Samples = 3 })),
        .. new PictureCases(Data, []).Controls(Seed),
    ];

    public static MeasureRun Run(IMeasure measure, params PictureModel[] models)
        => new(measure, new PictureCases(Data, models), [.. models.Select(Methods)], measure.Explains ?? ExplainedClass.Predicted, Seed);

    /// <summary>All lines, worked on by so many threads and in so many turns.</summary>
    public static List<ResultLine> Lines(MeasureRun run, int threads = 1, int atOnce = int.MaxValue)
    {
        using var workers = new Workers(threads);
        var lines = new List<ResultLine>();
        for (var first = 0; first < Data.Count; first += Math.Min(atOnce, Data.Count))
        {
            run.Run(workers, first, atOnce, finished => lines.AddRange(finished.Lines));
        }

        return lines;
    }

    private static PictureModel Model(string name, IVisionModel network)
        => new(new(name, name), network, PictureModel.Squashed(new Preprocessing(), 20));

    private sealed class Noise : IImageDataset
    {
        public string Name => "noise";

        public int Count => 5;

        public IReadOnlyList<string>? ClassNames => null;

        public bool HasLabels => true;

        public bool HasMasks => true;

        public bool HasOtherObjects => true;

        public string Id(int index) => $"{index}";

        public DatasetImage Read(int index)
        {
            var image = new RgbImage(20, 20);
            new Random(index).NextBytes(image.Pixels);
            return new(
                Id(index), image, index % 4, [.. Enumerable.Range(0, 400).Select(i => (byte)(i % 20 > 8 + index && i / 20 > 5 ? 1 : 0))])
            {
                OtherLabel = (index + 1) % 4,
                OtherMask = [.. Enumerable.Range(0, 400).Select(i => (byte)(i % 20 < 8 && i / 20 > 5 ? 1 : 0))],
            };
        }
    }
}
