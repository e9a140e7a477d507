using Mambascope.Attribution;
using Mambascope.Inputs.Images;
using Mambascope.Models;
using Xunit;

namespace Mambascope.Tests.Models;

public sealed class ImageClassifierTests
{
    private static readonly RgbImage picture = Gradient(48, 40);

    [Fact]
    public void A_folder_opens_with_labels_and_explains_in_a_few_lines()
    {
        using var model = new SmallModel();
        using var classifier = ImageClassifier.Open(model.Folder);
        using var run = classifier.Run(picture);
        var map = run.Explain("attribution", target: classifier.Labels.Find("goldfish"));

        Assert.Equal("goldfish", run.Predictions[1].Label);
        Assert.Equal(1, run.Predictions.Sum(score => score.Probability), 1e-12);
        Assert.True(run.Top(2)[0].Score >= run.Top(2)[1].Score);
        Assert.Equal((4, 4, 16), (map.Rows, map.Columns, map.Values.Length));
        Assert.Equal((32, 32), (run.Image.Width, run.Image.Height));
    }

    [Theory]
    [InlineData(ClassTokenKind.First, 0)]
    [InlineData(ClassTokenKind.MeanPool, -1)]
    public void Heads_other_than_a_middle_class_token_work(ClassTokenKind kind, int token)
    {
        using var model = new SmallModel(classToken: kind);
        using var classifier = ImageClassifier.Open(model.Folder);
        using var run = classifier.Run(picture);
        Assert.Equal(token, run.Trace.ReadToken);
        foreach (var method in new[] { "raw", "rollout", "attribution", "input-x-gradient" })
        {
            Assert.Equal(16, run.Explain(method).Values.Length);
        }
    }

    [Fact]
    public void A_grey_scale_model_reads_colour_pictures()
    {
        using var model = new SmallModel(channels: 1);
        using var classifier = ImageClassifier.Open(model.Folder);
        using var run = classifier.Run(picture);
        Assert.Equal((1, 32 * 32), (run.Input.ChannelCount, run.Input.PixelValues.Length));
        Assert.True(run.Image.Pixels.Chunk(3).All(p => p[0] == p[1] && p[1] == p[2]));
    }

    [Fact]
    public void Pixel_values_come_back_as_the_picture_they_were_made_of()
    {
        using var model = new SmallModel();
        using var classifier = ImageClassifier.Open(model.Folder);
        var made = classifier.Preprocess(picture);
        var path = model.Input(shape: [1, 3, 32, 32], change: values => made.PixelValues.CopyTo(values, 0));
        var read = classifier.ReadPixelValues(path);
        Assert.Equal(made.PixelValues, read.PixelValues);
        Assert.Equal(made.Image.Pixels, read.Image.Pixels);
    }

    [Fact]
    public void Its_own_preprocessing_wins_over_ImageNets_and_an_option_over_both()
    {
        using var model = new SmallModel(
            preprocessor: """{"size": {"height": 32, "width": 32}, "resample": 2, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}""");
        using var own = ImageClassifier.Open(model.Folder);
        using var named = ImageClassifier.Open(model.Folder, new() { Preprocessing = "squash" });
        Assert.Equal(0.5f, own.Preprocessing.Mean[0]);
        Assert.Equal(0.485f, named.Preprocessing.Mean[0]);
    }

    [Theory]
    [InlineData("tench\ngoldfish\nshark\n")]
    [InlineData("""["tench", "goldfish", "shark"]""")]
    [InlineData("""{"0": "tench", "2": "shark", "1": "goldfish"}""")]
    [InlineData("""{"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"], "2": ["n01484850", "shark"]}""")]
    public void Labels_come_from_a_file_in_any_usual_form(string text)
    {
        using var model = new SmallModel();
        File.WriteAllText(model.Path("labels"), text);
        using var classifier = ImageClassifier.Open(model.Folder, new() { LabelsFile = model.Path("labels") });
        Assert.Equal(["tench", "goldfish", "shark"], Enumerable.Range(0, 3).Select(i => classifier.Labels[i]));
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("GOLDFISH", 1)]
    [InlineData("Tinca tinca", 0)]
    public void Classes_are_found_by_index_label_and_synonym(string target, int expected)
    {
        using var model = new SmallModel();
        using var classifier = ImageClassifier.Open(model.Folder);
        Assert.Equal(expected, classifier.Labels.Find(target));
    }

    [Theory]
    [InlineData("goldfisch", "goldfish")]
    [InlineData("3", "classes 0 to 2")]
    [InlineData("-1", "classes 0 to 2")]
    public void A_class_that_is_not_there_is_named_with_what_is(string target, string said)
    {
        using var model = new SmallModel();
        using var classifier = ImageClassifier.Open(model.Folder);
        Assert.Contains(said, Assert.Throws<BadInputException>(() => classifier.Labels.Find(target)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model_type": "llama"}""", "llama")]
    [InlineData("""{"num_labels": 7}""", "num_labels = 7")]
    [InlineData("""{"id2label": {"9": "nine"}}""", "class 9")]
    [InlineData("""{"image_size": 40}""", "pos_embed")]
    [InlineData("{", "not valid JSON")]
    public void A_config_that_does_not_fit_is_refused_in_one_line(string config, string said)
    {
        using var model = new SmallModel(config: config);
        AssertRefused(() => ImageClassifier.Open(model.Folder), said);
    }

    [Fact]
    public void Preprocessing_to_another_size_is_refused()
    {
        using var model = new SmallModel(preprocessor: """{"size": {"height": 48, "width": 48}}""");
        using var classifier = ImageClassifier.Open(model.Folder);
        AssertRefused(() => classifier.Preprocess(picture), "48x48");
    }

    [Fact]
    public void Scores_beyond_the_range_of_float_are_refused_and_not_explained()
    {
        using var model = new SmallModel(
            change: (values, name) => name == "head.weight" ? [.. values.Select(v => v * 1e38f * 100)] : values);
        AssertRefused(() => ImageClassifier.Open(model.Folder), "head.weight");
        using var large = new SmallModel(
            change: (values, name) => name is "head.weight" or "norm_f.weight" ? [.. values.Select(v => v * 1e30f)] : values);
        using var classifier = ImageClassifier.Open(large.Folder);
        AssertRefused(() => classifier.Run(picture), "not finite");
    }

    [Theory]
    [InlineData("no-such-model")]
    [InlineData("no/such/folder")]
    [InlineData("../secret")]
    [InlineData("")]
    public void A_model_that_is_not_there_is_refused(string name) => AssertRefused(() => ImageClassifier.Open(name), "was not found");

    [Theory]
    [InlineData("random:vim-huge", "known: vim-tiny")]
    [InlineData("random:vim-tiny:x", "whole number")]
    public void A_preset_that_is_not_there_is_refused(string name, string said) => AssertRefused(() => ImageClassifier.Open(name), said);

    [Fact]
    public void Random_weights_depend_on_the_seed_alone()
    {
        using var one = ImageClassifier.Open("random:vim-tiny:1");
        using var again = ImageClassifier.Open("random:vim-tiny:1");
        using var two = ImageClassifier.Open("random:vim-tiny:2");
        Assert.Equal(one.Model.AllWeights.First().Values<float>(), again.Model.AllWeights.First().Values<float>());
        Assert.NotEqual(one.Model.AllWeights.First().Values<float>(), two.Model.AllWeights.First().Values<float>());
        Assert.Equal(7_148_008, one.Model.AllWeights.Sum(weight => weight.Values<float>().Length));
    }

    internal static RgbImage Gradient(int width, int height)
    {
        var image = new RgbImage(width, height);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = (byte)(i * 7 / 3);
        }

        return image;
    }

    private static void AssertRefused(Func<object> open, string said)
    {
        var message = Assert.Throws<BadInputException>(open).Message;
        TestContext.Current.TestOutputHelper?.WriteLine(message);
        Assert.Contains(said, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}
