using Mambascope.Evaluation.Datasets;
using Mambascope.Models;
using Mambascope.Training;
using Xunit;

namespace Mambascope.Tests.Training;

/// <summary>The model that ships does what its card says, as far as a short test can tell; the full measurement is a command of the training program.</summary>
public sealed class ShippedModelTests
{
    [Fact]
    public void Demo_vim_classifies_fresh_scenes()
    {
        using var classifier = ImageClassifier.Open("demo-vim");
        Assert.Equal(FashionScenes.ClassNames, Enumerable.Range(0, classifier.Labels.Count).Select(i => classifier.Labels[i]));
        var right = Accuracy.CountRight(classifier.Workers, classifier.Model, FashionScenes.Test(), 400);
        Assert.True(right > 0.8 * 400, $"{right} of 400 right");
    }

    [Fact]
    public void Demo_vim_is_small()
    {
        using var classifier = ImageClassifier.Open("demo-vim");
        Assert.True(new FileInfo(classifier.WeightFile!).Length <= 6_000_000);
    }
}
