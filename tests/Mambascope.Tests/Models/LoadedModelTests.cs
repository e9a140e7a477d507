using Mambascope.Models;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>What opened models of every kind have in common.</summary>
public sealed class LoadedModelTests
{
    [Fact]
    public void Runs_use_the_memory_of_those_before_them()
    {
        using var small = new SmallModel();
        using var classifier = ImageClassifier.Open(small.Folder, new() { Threads = 1 });
        var input = classifier.ReadPixelValues(small.Input());
        classifier.Run<float>(input).Dispose();
        var made = classifier.Pool<float>().AllocatedBytes;
        Assert.InRange(made, 1, long.MaxValue);
        var scores = new List<float[]>();
        for (var i = 0; i < 3; i++)
        {
            using var run = classifier.Run<float>(input);
            scores.Add(run.Scores.ToArray());
        }

        Assert.Equal(made, classifier.Pool<float>().AllocatedBytes);
        Assert.Equal(0, classifier.Pool<double>().AllocatedBytes);
        Assert.All(scores, each => Assert.Equal(scores[0], each));
    }

    [Fact]
    public void Nothing_can_be_asked_of_a_model_that_was_disposed_of()
    {
        using var small = new SmallModel();
        using var bytes = new SmallByteModels();
        var (classifier, language) = (ImageClassifier.Open(small.Folder), TextModel.Open(bytes.Mamba));
        var input = classifier.ReadPixelValues(small.Input());
        classifier.Dispose();
        language.Dispose();
        language.Dispose();
        Assert.Throws<ObjectDisposedException>(() => classifier.Run<float>(input));
        Assert.Throws<ObjectDisposedException>(() => language.Run("To be"));
    }

    [Fact]
    public void A_model_is_opened_by_what_it_reads()
    {
        using var small = new SmallModel();
        using var bytes = new SmallByteModels();
        using var classifier = LoadedModel.Open(small.Folder, threads: 1);
        using var language = LoadedModel.Open(bytes.Transformer, threads: 1);
        Assert.IsType<ImageClassifier>(classifier);
        Assert.IsType<TextModel>(language);
        var refusal = Assert.Throws<BadInputException>(() => LoadedModel.Open("nothing-of-the-kind"));
        Assert.Contains("not found", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_have_names_whatever_is_read()
    {
        using var small = new SmallModel();
        using var bytes = new SmallByteModels();
        using var classifier = ImageClassifier.Open(small.Folder);
        using var language = TextModel.Open(bytes.Transformer);
        LoadedModel[] both = [classifier, language];
        Assert.Equal(["goldfish", "b"], both.Zip([1, 98], (model, index) => model.Label(index)));
        Assert.Equal([1, 98], both.Zip(["goldfish", "b"], (model, name) => model.Find(name)));
        Assert.Equal([ModelInput.Pictures, ModelInput.Text], both.Select(model => model.Reads));
    }
}
