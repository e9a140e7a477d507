using System.Text.Json;
using Mambascope.Attribution;
using Mambascope.Checkpoints;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Inputs.Images;
using Mambascope.Numerics;
using Mambascope.Tests.Attribution;
using Xunit;

namespace Mambascope.Tests.Evaluation.Perturbation;

/// <summary>golden/perturbation: six photographs, random maps, the released protocol on golden vim-micro.</summary>
public sealed class PerturbationGoldenTests : IDisposable
{
    private const int Side = 224;
    private readonly Workers workers = new(2);
    private readonly Checkpoint golden = Checkpoint.Open(Golden.Path("perturbation", "perturbation.safetensors"));

    [Theory]
    [InlineData(18)]
    [InlineData(7)]
    public void Every_prediction_and_both_areas_match(int batchSize)
    {
        var test = new PixelPerturbation(
            new PictureModel(new("vim-micro", ""), VimMicro<float>.Load("model.safetensors"), Preprocessing.Squash()).Classifier(
                workers,
                new()),
            Preprocessing.Squash(),
            new() { BatchSize = batchSize });
        var labels = golden.ReadInt64s("labels");
        var records = new List<PerturbationRecord>();
        for (var i = 0; i < labels.Length; i++)
        {
            var subject = test.Prepare(Preprocessing.Squash().Apply(Image(i)), unit: i);
            var map = golden.ReadSingles("maps").AsSpan(i * 196, 196).ToArray();
            records.Add(subject.Measure(RelevanceMap<float>.Of(map, 14, 14), subject.Prediction, (int)labels[i]));
        }

        Assert.Equal(golden.ReadInt64s("clean_prediction"), records.Select(record => (long)record.CleanPrediction));
        Assert.Equal(
            golden.ReadInt64s("positive_prediction"),
            records.SelectMany(record => record.Positive.Predictions.Skip(1)).Select(p => (long)p));
        Assert.Equal(
            golden.ReadInt64s("negative_prediction"),
            records.SelectMany(record => record.Negative.Predictions.Skip(1)).Select(p => (long)p));

        var summary = PerturbationSummary.Of(records, test.Protocol.Fractions);
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.Path("perturbation", "perturbation.json")));
        var expected = json.RootElement;
        Assert.Equal(expected.GetProperty("clean_accuracy").GetDouble(), summary.CleanAccuracy, tolerance: 1e-12);
        Compare("positive", summary.Positive);
        Compare("negative", summary.Negative);

        void Compare(string sign, PerturbationFigures figures)
        {
            var error = Math.Abs(expected.GetProperty(sign + "_auc").GetDouble() - figures.Auc.Mean);
            TestContext.Current.TestOutputHelper?.WriteLine($"{sign} AUC {figures.Auc.Mean}, off by {error:E1}");
            Assert.True(error <= 1e-9, $"{sign} AUC {figures.Auc.Mean} is off by {error:E2}");
            Assert.Equal(summary.CleanAccuracy, figures.Accuracy[0]);
            Golden.AssertClose(
                sign + " accuracy",
                [.. figures.Accuracy.Skip(1)],
                [.. expected.GetProperty(sign + "_accuracy").EnumerateArray().Select(v => v.GetDouble())],
                1e-12);
        }
    }

    public void Dispose()
    {
        golden.Dispose();
        workers.Dispose();
    }

    // (3, 224, 224) bytes to interleaved ones.
    private RgbImage Image(int index)
    {
        var planes = golden.ReadInt64s("images").AsSpan(index * 3 * Side * Side, 3 * Side * Side);
        var image = new RgbImage(Side, Side);
        for (var i = 0; i < planes.Length; i++)
        {
            image.Pixels[(i % (Side * Side) * 3) + (i / (Side * Side))] = (byte)planes[i];
        }

        return image;
    }
}
