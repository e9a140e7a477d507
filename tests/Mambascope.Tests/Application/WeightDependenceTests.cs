using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Evaluation.Sanity;
using Mambascope.Models;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Application;

/// <summary>A map beside the maps of models that have forgotten.</summary>
public sealed class WeightDependenceTests : IDisposable
{
    private readonly SmallByteModels models = new();

    public void Dispose() => models.Dispose();

    [Fact]
    public void Of_a_picture_it_is_the_likeness_to_the_maps_of_shuffled_models()
    {
        using var small = new SmallModel();
        using var classifier = ImageClassifier.Open(small.Folder, new() { Threads = 1 });
        var subject = new PictureSubject("a.png", classifier.ReadPixelValues(small.Input()));
        ChosenMethod[] methods = [new(Find("raw", classifier)), new(Find("mamba-lrp", classifier))];
        var request = new ExplanationRequest { Methods = methods, Target = "goldfish" };
        var plain = Explaining.Explain<float>(classifier, subject, request);
        var compared = Explaining.Explain<float>(classifier, subject, request with { Shuffles = 3 });

        Assert.All(plain.Maps, map => Assert.Null(map.Dependence));
        Assert.Equal(plain.Maps.SelectMany(map => map.Map.Values), compared.Maps.SelectMany(map => map.Map.Values));
        var pixels = Mambascope.Numerics.Activation<float>.Of(
            subject.Input.PixelValues, 1, subject.Input.ChannelCount * subject.Input.Height, subject.Input.Width);
        foreach (var map in compared.Maps)
        {
            Assert.Equal(3, map.Dependence!.Draws.Count);
            for (var draw = 1; draw <= 3; draw++)
            {
                var network = RandomisedModel.Draw(classifier.Model, draw, seed: 0).Network;
                using var trace = network.Forward(classifier.NewTape<float>(isRecording: true, CancellationToken.None), pixels);
                using var decision = new Decision<float>(trace, [1]);
                Assert.Equal(
                    MapLikeness.Of(map.Map, map.Method.Explain(decision, network, map.Options)[0]), map.Dependence.Draws[draw - 1]);
            }
        }
    }

    [Fact]
    public void Of_a_text_it_is_about_the_tokens_that_could_matter()
    {
        using var model = TextModel.Open(models.Mamba, threads: 1);
        var request = new ExplanationRequest { Methods = [new(Find("input-x-gradient", model))], Target = "e", Token = 8, Shuffles = 2 };
        var within = Explaining.Explain<double>(model, Text(model, "To be, or not to be"), request);
        var alone = Explaining.Explain<double>(model, Text(model, "To be, or"), request);
        Assert.Equal(alone.Maps[0].Dependence!.Draws.Select(draw => draw.Correlation), Draws(within), Close);
        Assert.Equal(Math.Sqrt(2 / (Math.PI * 8)), within.Maps[0].Dependence!.Chance, 1e-12);
        Assert.All(Draws(within), rho => Assert.InRange(rho, -1, 0.999)); // the weights did change

        static bool Close(double a, double b) => Math.Abs(a - b) < 1e-6;
    }

    [Fact]
    public void A_transformer_is_compared_as_well()
    {
        using var model = TextModel.Open(models.Transformer, threads: 1);
        var why = Explaining.Explain<float>(model, Text(model, "To be"), new() { Shuffles = 2 });
        Assert.Equal(2, Assert.Single(why.Maps).Dependence!.Draws.Count);
    }

    [Fact]
    public void Half_of_a_map_with_its_interval_is_too_much()
    {
        static WeightDependence Of(params double[] correlations) =>
            new([.. correlations.Select(rho => new MapLikeness(rho, 0.5, 0.25))], 0.1);

        Assert.True(Of(0.9, -0.8, 0.7).HardlyDepends); // a map that turns around has not changed its ranks
        Assert.False(Of(0.9, 0.1, 0.6).HardlyDepends); // the mean is above half, the interval is not
        Assert.False(Of(0.1, -0.2, 0.0).HardlyDepends);
        Assert.Equal(0.8, Of(0.9, -0.8, 0.7).Similarity.Mean, 1e-12);
        Assert.Equal((0.5, 0.25), (Of(0.1, 0.2).AbsoluteCorrelation, Of(0.1, 0.2).Ssim));
    }

    private static IEnumerable<double> Draws(Explanation<double> why) => why.Maps[0].Dependence!.Draws.Select(draw => draw.Correlation);

    private static AttributionMethod Find(string name, LoadedModel model) => AttributionMethods.Find(name, model.Model.Shape);

    private static TextSubject Text(TextModel model, string words) => new TextInput(words, Ids: null, File: null).Read(model);
}
