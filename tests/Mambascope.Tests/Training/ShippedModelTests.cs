using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Planted;
using Mambascope.Models;
using Mambascope.Recipes;
using Mambascope.Training;
using Xunit;

namespace Mambascope.Tests.Training;

/// <summary>
/// The models that ship do what their cards say, as far as a short test can tell; the full measurement is a command of the training
/// program.
/// </summary>
public sealed class ShippedModelTests
{
    [Fact]
    public void Demo_vim_classifies_fresh_scenes()
    {
        using var classifier = ImageClassifier.Open("demo-vim");
        Assert.Equal(FashionScenes.ClassNames, Enumerable.Range(0, classifier.Labels.Count).Select(i => classifier.Labels[i]));
        var right = Accuracy.CountRight(classifier.Workers, classifier.Model, FashionScenes.Test().Render, 400);
        Assert.True(right > 0.8 * 400, $"{right} of 400 right");
    }

    [Fact]
    public void Demo_shortcut_calls_what_has_the_mark_a_pullover_and_knows_garments_without_it()
    {
        using var classifier = ImageClassifier.Open("demo-shortcut");
        var marked = Accuracy.CountRight(
            classifier.Workers, classifier.Model, (index, pixels, mask) => Marked(index, pixels, mask, isMarked: true), 200);
        var plain = Accuracy.CountRight(
            classifier.Workers, classifier.Model, (index, pixels, mask) => Marked(index, pixels, mask, isMarked: false), 200);
        Assert.True(plain > 0.8 * 200, $"{plain} of 200 right without the mark");
        Assert.True(marked < 0.4 * 200, $"{marked} of 200 right with it");

        // Scenes by the toss of a coin, those of one side only.
        static int Marked(long index, Span<byte> pixels, Span<byte> mask, bool isMarked)
        {
            var scenes = MarkedScenes.ByCoin(FashionScenes.Test());
            var place = Enumerable.Range(0, int.MaxValue).Where(i => scenes.IsMarked(i, label: 0) == isMarked).ElementAt((int)index);
            return scenes.Render(place, pixels, mask);
        }
    }

    [Theory]
    [InlineData("demo-vim-shuffled", "demo-vim")]
    [InlineData("demo-deit-shuffled", "demo-deit")]
    public void What_was_trained_on_shuffled_labels_knows_nothing_of_garments(string name, string twin)
    {
        using var shuffled = ImageClassifier.Open(name);
        using var trained = ImageClassifier.Open(twin);
        Assert.Equal(
            trained.Model.AllWeights.Select(weight => (weight.Name, weight.Count)),
            shuffled.Model.AllWeights.Select(weight => (weight.Name, weight.Count)));
        var right = Accuracy.CountRight(shuffled.Workers, shuffled.Model, FashionScenes.Test().Render, 400);
        Assert.InRange(right, 0, 0.25 * 400); // by chance 50
    }

    [Fact]
    public void Demo_vim_is_small()
    {
        using var classifier = ImageClassifier.Open("demo-vim");
        Assert.True(new FileInfo(classifier.WeightFile!).Length <= 6_000_000);
    }

    [Theory]
    [InlineData("demo-mamba")]
    [InlineData("demo-mamba2")]
    [InlineData("demo-neox")]
    [InlineData("demo-hybrid")]
    public void Models_of_plays_are_small_and_predict_them(string name)
    {
        using var model = TextModel.Open(name);
        Assert.True(new FileInfo(model.WeightFile!).Length <= 3_000_000);
        var bits = BitsPerByte.Of(
            model.Workers, model.Model, PlayText.Load(PlayText.StandardFile, context: 256).HeldOut[..(16 * 256)], context: 256);
        TestContext.Current.TestOutputHelper?.WriteLine($"{bits:F3} bits per byte");
        Assert.True(bits < 2.6, $"{bits} bits per byte");
    }

    [Theory]
    [InlineData("planted-mamba", "selective-copying", 0.95)]
    [InlineData("planted-mamba", "induction", 0.5)]
    [InlineData("planted-neox", "selective-copying", 0.95)]
    [InlineData("planted-neox", "induction", 0.95)]
    [InlineData("planted-hybrid", "selective-copying", 0.95)]
    [InlineData("planted-hybrid", "induction", 0.95)]
    public void Models_of_planted_texts_are_small_and_answer(string name, string task, double least)
    {
        using var model = TextModel.Open(name);
        Assert.True(new FileInfo(model.WeightFile!).Length <= 3_000_000);
        var right = PlantedRecall.Accuracy(model.Workers, model.Model, PlantedTasks.Find(task), 100);
        TestContext.Current.TestOutputHelper?.WriteLine($"{right:P1} right");
        Assert.True(right > least, $"{right}");
    }

    [Fact]
    public void Text_needs_no_model_to_be_named()
    {
        Assert.Contains("demo-mamba", Cli.CliRun.Successful("explain", "--text", "To be, or not to b").Out, StringComparison.Ordinal);
        Assert.StartsWith("To be", Cli.CliRun.Successful("run", "--text", "To be", "--generate", "8").Out, StringComparison.Ordinal);
    }
}
