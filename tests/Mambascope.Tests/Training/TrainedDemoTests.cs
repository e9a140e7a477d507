using Mambascope.Evaluation.Datasets;
using Mambascope.Inputs.Series;
using Mambascope.Models;
using Xunit;

namespace Mambascope.Tests.Training;

/// <summary>Models that ship and were made by <c>mambascope train</c>.</summary>
public sealed class TrainedDemoTests
{
    [Theory]
    [InlineData("demo-chest", "pneumonia")]
    [InlineData("demo-chest-vit", "pneumonia")]
    [InlineData("demo-breast", "benign")]
    [InlineData("demo-breast-vit", "benign")]
    public void Models_of_medical_pictures_are_small_and_say_what_they_are_not_for(string name, string label)
    {
        using var model = ImageClassifier.Open(name);
        Assert.True(new FileInfo(model.WeightFile!).Length <= 1_000_000);
        Assert.Equal(label, model.Label(1));
        using var run = model.Run(DatasetSpecification.Open("shapes:test:1").Read(0).Image);
        Assert.Equal(1, run.Top(2).Sum(answer => answer.Probability), 1e-6);
        var card = File.ReadAllText(model.Source.Beside("README.md")!);
        Assert.Contains("Not for clinical use", card, StringComparison.Ordinal);
        Assert.Contains("CC BY 4.0", card, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("demo-gunpoint")]
    [InlineData("demo-gunpoint-attention")]
    public void Models_of_a_movement_are_small_and_tell_a_bump_of_its_kind(string name)
    {
        using var model = SeriesModel.Open(name);
        Assert.True(new FileInfo(model.WeightFile!).Length <= 300_000);
        var values = Enumerable.Range(0, 150).Select(t => t is > 45 and < 105 ? 1.5f : -0.7f).ToArray();
        using var run = model.Run(new SeriesCase("bump", values, 150, 1));
        Assert.Equal(["gun", "point"], run.Top(2).Select(answer => answer.Label).Order(StringComparer.Ordinal));
    }
}
