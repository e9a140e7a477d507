using Mambascope.Attribution;
using Mambascope.Inputs.Series;
using Mambascope.Models;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Models.Series;

/// <summary>Every method explains series, and those that reach the measurements say how relevant each of them is.</summary>
public sealed class SeriesRelevanceTests
{
    public static TheoryData<string> Kinds { get; } = [.. TinySeries.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_method_for_such_a_model_gives_a_value_a_token(string kind)
    {
        using var folder = new TemporaryFolder();
        using var model = Open(folder, kind);
        using var run = model.Run(TinySeries.Case(model.Model));
        var methods = AttributionMethods.For(model.Model.Shape).Where(method => method is not FullLrp).ToArray();
        Assert.True(methods.Length > 8, string.Join(", ", methods.Select(method => method.Name)));
        foreach (var method in methods)
        {
            var map = run.Explain(method.Name);
            // A rectified map may come out empty, and says so.
            Assert.True(
                map.Degenerate is null || method.Name.EndsWith("cam", StringComparison.Ordinal), $"{method.Name}: {map.Degenerate}");
            Assert.Equal((1, run.Trace.Length), (map.Rows, map.Columns));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Relevance_of_values_is_value_times_gradient_and_adds_up_to_the_tokens_but_for_biases(string kind)
    {
        using var folder = new TemporaryFolder();
        using var model = Open(folder, kind);
        var one = TinySeries.Case(model.Model);
        using var run = model.Run<double>(one);
        var map = run.Explain("input-x-gradient");
        using var replay = run.Decision().Backward([run.Trace.Input, run.Trace.Tokens], rules: null);
        double[] expected = [.. run.Trace.Input.Data.ToArray().Zip(replay[run.Trace.Input].ToArray(), (x, g) => x * g)];
        Golden.AssertClose("values", [.. map.InputValues!], expected, 1e-12);

        // A run on the mean of everything has the tokens of biases and positions alone.
        var model64 = model.Model;
        using var tape = new Mambascope.Autodiff.Tape<double>(model.Workers, new(), isRecording: true);
        var nothing = model64.ForwardInput(
            tape, Mambascope.Numerics.Activation<double>.Zeros(1, one.Length, one.Width));
        for (var t = 0; t < run.Trace.Length; t++)
        {
            var bias = nothing.Tokens.Data.Row(0, t).ToArray().Zip(replay[run.Trace.Tokens].Row(0, t).ToArray(), (b, g) => b * g).Sum();
            var (first, count) = run.Trace.InputSpans![t];
            var values = map.InputValues!.Skip(first * one.Width).Take(count * one.Width).Sum();
            Assert.Equal(map.Values[t], values + bias, 10);
        }
    }

    [Theory]
    [InlineData("scan")]
    [InlineData("patches")]
    [InlineData("table")]
    public void Integrated_gradients_of_values_add_up_to_the_change_of_the_score(string kind)
    {
        using var folder = new TemporaryFolder();
        using var model = Open(folder, kind);
        var one = TinySeries.Case(model.Model);
        using var run = model.Run<double>(one);
        var map = run.Explain("integrated-gradients", options: new AttributionOptions { Steps = 256 });
        using var tape = new Mambascope.Autodiff.Tape<double>(model.Workers, new(), isRecording: false);
        var nothing = model.Model.ForwardInput(tape, Mambascope.Numerics.Activation<double>.Zeros(1, one.Length, one.Width));
        var target = run.Top(1)[0].Index;
        Assert.Equal(run.Scores[target] - nothing.Logits.Data.Row(0)[target], map.InputValues!.Sum(), 4);
        Golden.AssertClose("tokens", map.Values, [.. run.Trace.InputSpans!.Select(span => map.InputValues!
            .Skip(span.First * one.Width).Take(span.Count * one.Width).Sum())], 1e-9);
    }

    [Fact]
    public void Occlusion_puts_the_mean_in_the_place_of_steps()
    {
        using var folder = new TemporaryFolder();
        using var model = Open(folder, "patches");
        var one = TinySeries.Case(model.Model);
        using var run = model.Run<double>(one);
        var map = run.Explain("occlusion", options: new AttributionOptions { Segment = 1 });
        var target = run.Top(1)[0].Index;
        for (var t = 0; t < 3; t++)
        {
            var (first, count) = run.Trace.InputSpans![t];
            Assert.Equal(t == 2 ? 2 : 3, count);
            var values = one.Values.ToArray();
            for (var step = first; step < first + count; step++)
            {
                (values[step * 2], values[(step * 2) + 1]) = (model.Model.Scale.Means[0], model.Model.Scale.Means[1]);
            }

            using var without = model.Run<double>(new SeriesCase("0", values, one.Length, one.Width), isRecording: false);
            Assert.Equal(run.Scores[target] - without.Scores[target], map.Values[t], 9);
        }
    }

    private static SeriesModel Open(TemporaryFolder folder, string kind)
    {
        SeriesClassifierTests.Write(folder, TinySeries.Create(kind));
        return SeriesModel.Open(folder.Path, threads: 1);
    }
}
