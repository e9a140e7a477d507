using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Attribution;

public sealed class AttributionOptionsTests : IDisposable
{
    private readonly Workers workers = new(2);
    private readonly VisionMamba model = new(TinyVim.Config, TinyVim.Weights(TinyVim.Config));

    [Fact]
    public void Rollout_without_matrices_equals_rollout_with_them()
    {
        using var decision = Run();
        foreach (var mode in new[] { AttributionMode.Exact, AttributionMode.Paper })
        {
            var linear = Map(decision, "rollout", new() { Mode = mode, ResidualWeight = 0.7, StartLayer = 1 });
            var view = mode == AttributionMode.Exact ? AttentionView.Block : AttentionView.S6;
            var v = new double[decision.Trace.Length];
            v[decision.Token] = 1;
            foreach (var layer in decision.Trace.ScanMixers.Skip(1).Reverse())
            {
                var matrix = MatrixReduction.Reduce(workers, layer, 0, new MatrixRequest<double> { View = view });
                v =
                [
                    .. Enumerable
                        .Range(0, v.Length)
                        .Select(j => (0.7 * v[j]) + Enumerable.Range(0, v.Length).Sum(i => v[i] * matrix[i, j])),
                ];
            }

            Golden.AssertClose($"{mode}", linear, [.. v.Where((_, t) => t != decision.Token)], 1e-12);
        }
    }

    [Fact]
    public void L1_rows_of_a_rollout_sum_to_one()
    {
        using var decision = Run();
        var map = Map(decision, "rollout", new() { RowNormalisation = RowNormalisation.L1, Sign = SignRule.Absolute });
        Assert.All(map, value => Assert.InRange(value, 0, 1));
        Assert.InRange(map.Sum(), 0, 1); // the class token's own share is left out
        Assert.NotEqual(map, Map(decision, "rollout", new() { Sign = SignRule.Absolute }));
    }

    [Theory]
    [InlineData(ChannelReduction.Max)]
    [InlineData(ChannelReduction.Min)]
    [InlineData(ChannelReduction.Product)]
    public void Reductions_of_raw_attention_match_the_matrices(ChannelReduction reduction)
    {
        using var decision = Run();
        var actual = Map(decision, "raw", new() { Reduction = reduction });
        var expected = new double[decision.Trace.Length];
        foreach (var layer in decision.Trace.ScanMixers)
        {
            var matrix = MatrixReduction.Reduce(
                workers, layer, 0, new MatrixRequest<double> { View = AttentionView.Block, Reduction = reduction });
            expected = [.. expected.Zip(matrix.Row(decision.Token).ToArray(), (a, b) => a + (b / decision.Trace.Layers.Count))];
        }

        Golden.AssertClose($"{reduction}", actual, [.. expected.Where((_, t) => t != decision.Token)], 1e-9);
    }

    [Fact]
    public void Class_specific_methods_follow_the_target_and_others_do_not()
    {
        foreach (var method in AttributionMethods.For(ModelShape.Of(MixerKind.Scan)))
        {
            using var first = Run(target: 0);
            using var second = Run(target: 1);
            var (a, b) = (
                Map(first, method.Name, new() { Steps = 4, Samples = 4 }), Map(second, method.Name, new() { Steps = 4, Samples = 4 }));
            Assert.Equal(method.IsClassSpecific, !a.SequenceEqual(b));
        }
    }

    [Fact]
    public void Any_token_can_be_explained()
    {
        using var ofClass = Run();
        using var ofPatch = Run(token: 3);
        Assert.NotEqual(Map(ofClass, "raw", new()), Map(ofPatch, "raw", new()));
        Assert.Equal(model.Config.Patches, Map(ofPatch, "raw", new()).Length);
        var error = Assert.Throws<BadInputException>(() => Run(token: 26));
        Assert.Contains("tokens 0 to 25", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_is_explained_as_its_items_are()
    {
        using var both = new Decision<double>(TinyVim.Run<double>(workers, model, batch: 2));
        var pixels = both.Trace.Input.Data;
        for (var item = 0; item < 2; item++)
        {
            var tape = new Tape<double>(workers, new BufferPool<double>(), isRecording: true);
            using var alone = new Decision<double>(
                model.Forward(tape, Activation<double>.Of(pixels.Item(item).ToArray(), 1, pixels.Length, pixels.Width)));
            foreach (var method in AttributionMethods.For(ModelShape.Of(MixerKind.Scan)).Where(m => !m.RunsModel))
            {
                foreach (var mode in method.HasModes ? Enum.GetValues<AttributionMode>() : [AttributionMode.Exact])
                {
                    var inBatch = method.Explain(both, model, new() { Mode = mode })[item].Values;
                    Golden.AssertClose($"{method.Name} {mode} item {item}", inBatch, Map(alone, method.Name, new() { Mode = mode }), 1e-12);
                }
            }
        }
    }

    [Fact]
    public void Integrated_gradients_add_up_to_the_change_of_the_score()
    {
        using var decision = Run();
        var coarse = AttributionMethods
            .Find("integrated-gradients", ModelShape.Of(MixerKind.Scan))
            .Explain(decision, model, new() { Steps = 8 })[0];
        var fine = AttributionMethods
            .Find("integrated-gradients", ModelShape.Of(MixerKind.Scan))
            .Explain(decision, model, new() { Steps = 200 })[0];
        Assert.True(fine.Diagnostics["convergence_error"] < 1e-3, $"{fine.Diagnostics["convergence_error"]}");
        Assert.True(fine.Diagnostics["convergence_error"] < coarse.Diagnostics["convergence_error"]);
    }

    [Fact]
    public void Smoothgrad_is_the_same_for_the_same_seed_and_tends_to_input_x_gradient_without_noise()
    {
        using var decision = Run();
        var options = new AttributionOptions { Samples = 6, Seed = 3 };
        Assert.Equal(Map(decision, "smoothgrad", options), Map(decision, "smoothgrad", options));
        Assert.NotEqual(Map(decision, "smoothgrad", options), Map(decision, "smoothgrad", options with { Seed = 4 }));
        Golden.AssertClose(
            "no noise", Map(decision, "smoothgrad", options with { Noise = 1e-9 }), Map(decision, "input-x-gradient", options), 1e-6);
    }

    [Fact]
    public void A_map_that_says_nothing_is_reported_and_zero()
    {
        // A head of zeros: no gradient reaches anything.
        var weights = TinyVim.Weights(TinyVim.Config);
        Array.Clear(weights.Head.Values<float>());
        var flat = new VisionMamba(TinyVim.Config, weights);
        using var decision = new Decision<double>(TinyVim.Run<double>(workers, flat));
        foreach (
            var (name, mode) in new[]
            {
                ("input-x-gradient", AttributionMode.Exact),
                ("mamba-lrp", AttributionMode.Exact),
                ("attribution", AttributionMode.Official),
            })
        {
            var map = AttributionMethods.Find(name, ModelShape.Of(MixerKind.Scan)).Explain(decision, flat, new() { Mode = mode })[0];
            Assert.NotNull(map.Degenerate);
            Assert.All(map.Values, value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void A_mean_pooled_model_is_explained_by_the_mean_row()
    {
        var config = TinyVim.Config with { ClassToken = ClassTokenKind.MeanPool };
        var pooled = new VisionMamba(config, TinyVim.Weights(config));
        using var decision = new Decision<double>(TinyVim.Run<double>(workers, pooled));
        var map = AttributionMethods
            .Find("raw", ModelShape.Of(MixerKind.Scan))
            .Explain(decision, pooled, new() { StartLayer = 2 })[0]
            .Values;
        var matrix = MatrixReduction.Reduce(
            workers, decision.Trace.ScanMixers[2], 0, new MatrixRequest<double> { View = AttentionView.Block });
        var expected = Enumerable.Range(0, map.Length).Select(j => Enumerable.Range(0, map.Length).Average(i => matrix[i, j])).ToArray();
        Golden.AssertClose("mean row", map, expected, 1e-12);
        Assert.Throws<BadInputException>(() =>
            AttributionMethods
                .Find("raw", ModelShape.Of(MixerKind.Scan))
                .Explain(decision, pooled, new() { Mode = AttributionMode.Official }));
    }

    [Fact]
    public void Wrong_classes_and_layers_are_refused_in_words()
    {
        Assert.Contains("class 4 does not exist", Assert.Throws<BadInputException>(() => Run(target: 4)).Message, StringComparison.Ordinal);
        using var decision = Run();
        Assert.Contains(
            "start layer 3 does not exist",
            Assert.Throws<BadInputException>(() => Map(decision, "raw", new() { StartLayer = 3 })).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "can be explained by raw, rollout",
            Assert.Throws<BadInputException>(() => AttributionMethods.Find("looking-hard", ModelShape.Of(MixerKind.Scan))).Message,
            StringComparison.Ordinal);
    }

    private Decision<double> Run(int? target = null, int? token = null)
        => new(TinyVim.Run<double>(workers, model), target is { } c ? [c] : null, token);

    private double[] Map(Decision<double> decision, string method, AttributionOptions options)
        => AttributionMethods.Find(method, ModelShape.Of(MixerKind.Scan)).Explain(decision, model, options)[0].Values;

    public void Dispose() => workers.Dispose();
}
