using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>Occlusion, KernelSHAP and Grad-CAM against their definitions written out.</summary>
public sealed class RemovalMethodTests : IDisposable
{
    private readonly Workers workers = new(2);

    public void Dispose() => workers.Dispose();

    [Fact]
    public void Occlusion_of_a_text_is_the_drop_without_each_token()
    {
        var (model, text) = (TinyLanguageModels.Create("mamba"), TinyLanguageModels.Text(7));
        using var decision = Run(model, text);
        var map = Map(new Occlusion(), decision, model, new());
        Golden.AssertClose(
            "drops", map, [.. Enumerable.Range(0, 7).Select(gone => decision.Score(0) - Score(decision, model, t => t != gone))], 1e-12);
    }

    [Fact]
    public void Windows_slide_by_one_and_overlap()
    {
        var (model, text) = (TinyLanguageModels.Create("mamba"), TinyLanguageModels.Text(4));
        using var decision = Run(model, text);
        double[] drops =
        [
            .. Enumerable.Range(0, 3).Select(first => decision.Score(0) - Score(decision, model, t => t != first && t != first + 1)),
        ];
        Golden.AssertClose(
            "drops",
            Map(new Occlusion(), decision, model, new() { Segment = 2 }),
            [drops[0], (drops[0] + drops[1]) / 2, (drops[1] + drops[2]) / 2, drops[2]],
            1e-12);
    }

    [Fact]
    public void A_budget_spaces_windows_and_is_refused_where_it_is_too_small()
    {
        var (model, text) = (TinyLanguageModels.Create("mamba"), TinyLanguageModels.Text(8));
        using var decision = Run(model, text);
        Assert.Equal(4, new Occlusion().Explain(
            decision, model, new() { Segment = 2, Budget = 4 },
            cancellation: TestContext.Current.CancellationToken)[0].Diagnostics["forward_passes"]);
        var error = Assert.Throws<BadInputException>(() => Map(new Occlusion(), decision, model, new() { Budget = 7 }));
        Assert.Contains("too few for occlusion of 1 x 8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_all_subsets_fit_the_budget_values_are_shapleys()
    {
        var (model, text) = (TinyLanguageModels.Create("mamba2"), TinyLanguageModels.Text(5));
        using var decision = Run(model, text, contrast: 4);
        var expected = new double[5];
        foreach (var order in Orders([0, 1, 2, 3, 4]))
        {
            for (var i = 0; i < order.Length; i++)
            {
                var before = order[..i];
                int[] with = [.. before, order[i]];
                expected[order[i]] += (Score(decision, model, with.Contains) - Score(decision, model, before.Contains)) / 120;
            }
        }

        Golden.AssertClose("shapley", Map(new KernelShap(), decision, model, new()), expected, 1e-8);
    }

    [Fact]
    public void Drawn_subsets_come_near_and_meet_the_total()
    {
        var (model, text) = (TinyLanguageModels.Create("mamba"), TinyLanguageModels.Text(12));
        using var decision = Run(model, text);
        var exact = Map(new KernelShap(), decision, model, new() { Budget = 5000 });
        var drawn = Map(new KernelShap(), decision, model, new() { Budget = 2000 });
        Golden.AssertClose("drawn", drawn, exact, 0.1);
        Assert.NotEqual(exact, drawn);
        Golden.AssertClose("total", [drawn.Sum()], [decision.Score(0) - Score(decision, model, _ => false)], 1e-9);
        Assert.Equal(drawn, Map(new KernelShap(), decision, model, new() { Budget = 2000 }));
        Assert.NotEqual(drawn, Map(new KernelShap(), decision, model, new() { Budget = 2000, Seed = 1 }));
    }

    [Fact]
    public void Squares_of_patches_share_their_value()
    {
        var model = new VisionMamba(TinyVim.Config, TinyVim.Weights(TinyVim.Config));
        using var decision = new Decision<double>(TinyVim.Run<double>(workers, model));
        var map = new KernelShap().Explain(
            decision, model, new() { Segment = 3, Budget = 20 }, cancellation: TestContext.Current.CancellationToken)[0];
        Assert.Equal((5, 5), (map.Rows, map.Columns)); // squares of 3: two a side, the last narrower
        Assert.Equal(map.Values[0], map.Values[12]);
        Assert.Equal(map.Values[18], map.Values[24]);
        Assert.Equal(4, map.Values.Distinct().Count());
        using var tape = new Tape<double>(workers, new BufferPool<double>(), isRecording: false);
        var black = decision.Trace.Input.Data;
        var empty = model.Forward(tape, Activation<double>.Zeros(1, black.Length, black.Width)).Logits.Data.Row(0)[decision.Targets[0]];
        Golden.AssertClose("total", [map.Values.Sum()], [decision.Score(0) - empty], 1e-9);
    }

    [Fact]
    public void Grad_cam_weighs_channels_by_their_mean_gradient_over_patches()
    {
        var model = new VisionMamba(TinyVim.Config, TinyVim.Weights(TinyVim.Config));
        using var decision = new Decision<double>(TinyVim.Run<double>(workers, model));
        var last = decision.Trace.Layers[^1].Input;
        using var replay = decision.Backward([last], rules: null, TestContext.Current.CancellationToken);
        int[] patches = [.. decision.Trace.Layout.Shown];
        var weights = Enumerable.Range(0, last.Data.Width).Select(d => patches.Average(t => replay[last].Row(t)[d])).ToArray();
        Golden.AssertClose(
            "grad-cam",
            Map(new GradCam(), decision, model, new()),
            [.. patches.Select(t => Math.Max(0, weights.Select((weight, d) => weight * last.Data.Row(t)[d]).Sum()))],
            1e-12);
    }

    private Decision<double> Run(ILanguageModel model, int[] text, int? contrast = null)
        => new(
            TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(text)), contrast is null ? null : [2],
            contrasts: contrast is { } other ? [other] : null);

    private static double[] Map(AttributionMethod method, Decision<double> decision, IModel model, AttributionOptions options)
        => method.Explain(decision, model, options, cancellation: TestContext.Current.CancellationToken)[0].Values;

    private double Score(Decision<double> decision, ILanguageModel model, Func<int, bool> isKept)
    {
        var whole = decision.Trace.Input.Data;
        var input = Activation<double>.Of(whole.ToArray(), 1, whole.Length, whole.Width);
        for (var t = 0; t < input.Length; t++)
        {
            if (!isKept(t))
            {
                input.Row(t).Clear();
            }
        }

        using var tape = new Tape<double>(workers, new BufferPool<double>(), isRecording: false);
        var logits = model.ForwardInput(tape, input).Logits.Data.Row(0);
        return logits[decision.Targets[0]] - (decision.Contrasts is { } contrasts ? logits[contrasts[0]] : 0);
    }

    private static IEnumerable<int[]> Orders(int[] left)
        => left.Length == 0
            ? [[]]
            : left.SelectMany(first => Orders([.. left.Where(i => i != first)]).Select(rest => (int[])[first, .. rest]));
}
