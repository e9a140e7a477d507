using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Tests.Cli;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>Where a file holds several sets of weights, the user is told which is used and picks another.</summary>
public sealed class ChosenWeightsTests : IDisposable
{
    private readonly SmallModel model = new();

    public ChosenWeightsTests()
    {
        var writer = new SafetensorsWriter();
        using (var checkpoint = Checkpoint.Open(model.Folder))
        {
            foreach (var (name, tensor) in checkpoint.Tensors)
            {
                var values = checkpoint.ReadSingles(name);
                writer.Add("student." + name, [.. tensor.Shape], values);
                writer.Add("teacher." + name, [.. tensor.Shape], name == "head.bias" ? [.. values.Select(value => value + 1)] : values);
            }
        }

        writer.Save(model.Path("model.safetensors"));
    }

    public void Dispose() => model.Dispose();

    [Fact]
    public void The_choice_is_named_and_can_be_made()
    {
        var info = CliRun.Successful("info", model.Folder).Out;
        Assert.Contains("set student is used; the file holds teacher as well: --weights NAME picks one", info, StringComparison.Ordinal);
        var run = CliRun.Successful("run", model.Input(), "--model", model.Folder);
        Assert.Contains("set student is used", run.Error, StringComparison.Ordinal);
        var other = CliRun.Successful("info", model.Folder, "--weights", "teacher").Out;
        Assert.Contains("set teacher is used", other, StringComparison.Ordinal);
        CliRun.Of("info", model.Folder, "--weights", "ema").AssertFailed(2, "holds no weights called ema: there are student, teacher");
        Assert.All(Scores("student").Zip(Scores("teacher")), pair => Assert.Equal(pair.First + 1, pair.Second, tolerance: 1e-4));
    }

    private float[] Scores(string weights)
    {
        using var classifier = ImageClassifier.Open(model.Folder, new() { Choices = new() { Weights = weights } });
        using var run = classifier.Run<float>(classifier.ReadPixelValues(model.Input()));
        return run.Scores.ToArray();
    }
}
