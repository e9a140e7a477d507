using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>Steps are short where something happens, however near to the beginning of the path that is.</summary>
public sealed class PathStepsTests
{
    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e-12)]
    [InlineData(1e-25)]
    public void What_happens_next_to_the_beginning_is_integrated(double scale)
    {
        // Behind an RMS norm: s / sqrt(s² + epsilon), which is 1 but for the first 1e-25 of the way.
        var integral = Integrate(
            32, s => s / Math.Sqrt((s * s) + (scale * scale)), s => scale * scale / Math.Pow((s * s) + (scale * scale), 1.5));
        Assert.Equal(1, integral, tolerance: 0.02);
    }

    [Fact]
    public void Where_all_is_even_so_are_the_sums()
    {
        Assert.Equal(1, Integrate(16, s => s, _ => 1), tolerance: 0.02);
        Assert.Equal(1, Integrate(32, s => s * s, s => 2 * s), tolerance: 0.02);
        Assert.Equal(0, Integrate(4, _ => 7, _ => 0));
    }

    [Fact]
    public void Places_rise_and_their_weights_are_the_whole_path()
    {
        foreach (var steps in new[] { 1, 2, 7, 40 })
        {
            var nodes = PathSteps.Of(steps, 1e-30, places => [.. places.Select(s => new[] { Math.Sin(40 * s), s > 1e-9 ? 1.0 : 0 })]);
            Assert.Equal(steps, nodes.Length);
            Assert.All(nodes.Zip(nodes.Skip(1)), pair => Assert.True(pair.First.Place < pair.Second.Place));
            Assert.InRange(nodes[0].Place, 0, 0.5);
            Assert.Equal(1, nodes.Sum(node => node.Weight), tolerance: 1e-12);
        }
    }

    [Theory]
    [InlineData("demo-mamba")]
    [InlineData("demo-mamba2")]
    [InlineData("demo-neox")]
    public void Maps_of_trained_models_add_up_to_the_change_of_the_score(string name)
    {
        using var model = TextModel.Open(name);
        using var run = model.Run("To be, or not to b");
        using var decision = run.Decision();
        var method = AttributionMethods.Find("integrated-gradients", model.Model.Shape);
        var map = method.Explain(decision, model.Model, new() { Steps = 256 })[0];
        Assert.InRange(map.Diagnostics["convergence_error"], 0, 0.05);
    }

    [Theory]
    [InlineData("demo-mamba2", "To be, or not to b")]
    [InlineData("demo-mamba2", "KING RICHARD:")]
    [InlineData("demo-mamba", "To be, or not to b")]
    public void Steps_are_raised_until_the_map_adds_up_twice_in_a_row(string name, string text)
    {
        using var model = TextModel.Open(name);
        using var run = model.Run(text);
        using var decision = run.Decision();
        var method = AttributionMethods.Find("integrated-gradients", model.Model.Shape);
        var map = method.Explain(decision, model.Model, new())[0];
        var steps = (int)map.Diagnostics["steps"];
        Assert.InRange(steps, 2 * IntegratedGradients.FewestSteps, IntegratedGradients.MostSteps);
        foreach (var tried in new[] { steps / 2, steps })
        {
            Assert.InRange(Explain(tried).Diagnostics["convergence_error"], 0, 0.05);
        }

        Assert.Equal(Explain(steps).Values, map.Values);
        Assert.False(Explain(steps).Diagnostics.ContainsKey("steps")); // who says their number knows it

        RelevanceMap<float> Explain(int tried) => method.Explain(decision, model.Model, new() { Steps = tried })[0];
    }

    [Fact]
    public void Of_a_picture_the_first_map_that_adds_up_is_taken()
    {
        using var small = new SmallModel();
        using var classifier = ImageClassifier.Open(small.Folder, new() { Threads = 1 });
        using var run = classifier.Run<double>(classifier.ReadPixelValues(small.Input()));
        var map = run.Explain("integrated-gradients");
        var steps = (int)map.Diagnostics["steps"];
        Assert.Equal(Explain(steps).Values, map.Values);
        Assert.InRange(map.Diagnostics["convergence_error"], 0, 0.05);
        for (var fewer = IntegratedGradients.FewestSteps; fewer < steps; fewer *= 2)
        {
            Assert.InRange(Explain(fewer).Diagnostics["convergence_error"], 0.05, double.PositiveInfinity);
        }

        RelevanceMap<double> Explain(int tried) => run.Explain("integrated-gradients", options: new() { Steps = tried });
    }

    private static double Integrate(int steps, Func<double, double> score, Func<double, double> gradient)
    {
        var nodes = PathSteps.Of(steps, 1e-33, places => [.. places.Select(s => new[] { score(s) })]);
        Assert.Equal(steps, nodes.Length);
        return nodes.Sum(node => gradient(node.Place) * node.Weight);
    }
}
