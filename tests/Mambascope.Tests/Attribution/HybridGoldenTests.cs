using System.Numerics;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Numerics;
using Mambascope.Tests.Attention;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>The golden hybrids in double: only the float32 storage of the goldens is left.</summary>
public sealed class HybridDoubleTests() : HybridGoldenTests<double>(1e-7);

/// <summary>The golden hybrids in float.</summary>
public sealed class HybridSingleTests() : HybridGoldenTests<float>(1e-4);

public abstract class HybridGoldenTests<T>(double tolerance)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static TheoryData<string> Folders { get; } =
    [
        "falcon-h1-micro", "falcon-h1-norm-micro", "granite-hybrid-micro", "granite-moe-hybrid-micro", "bamba-micro", "nemotron-h-micro",
        "nemotron-h-moe-micro", "jamba-micro",
    ];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Scores_target_and_the_stream_behind_every_block_match(string folder)
    {
        using var golden = new GoldenLanguageModel<T>(folder, tolerance);
        golden.Compare("logits", golden.Decision.Trace.Logits.Data.ToArray());
        Assert.Equal(golden.Expected.ReadInt64s("target")[0], golden.Decision.Targets[0]);
        for (var layer = 0; layer < golden.Model.Depth; layer++)
        {
            golden.Compare($"layer{layer}.hidden", golden.Decision.Trace.Layers[layer].Output.Data.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Gradients_of_the_tokens_match(string folder)
    {
        using var golden = new GoldenLanguageModel<T>(folder, tolerance);
        golden.Compare("grad.tokens", golden.Decision.Gradients[golden.Decision.Trace.Tokens].ToArray());
    }

    [Theory]
    [InlineData("granite-moe-hybrid-micro")]
    [InlineData("nemotron-h-moe-micro")]
    [InlineData("jamba-micro")]
    public void Experts_and_their_weights_match(string folder)
    {
        using var golden = new GoldenLanguageModel<T>(folder, tolerance);
        var mixtures = 0;
        for (var layer = 0; layer < golden.Model.Depth; layer++)
        {
            foreach (var experts in golden.Decision.Trace.Layers[layer].Parts.Select(part => part.Experts).OfType<ExpertChoice<T>>())
            {
                Assert.Equal(golden.Expected.ReadInt64s($"layer{layer}.experts"), experts.Chosen.Select(expert => (long)expert));
                golden.Compare($"layer{layer}.expert_weights", experts.Weights.Data.ToArray());
                mixtures++;
            }
        }

        Assert.True(mixtures >= 2);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Scan_quantities_match(string folder)
    {
        using var golden = new GoldenLanguageModel<T>(folder, tolerance);
        var (layer, trace) = Scans(golden)[0];
        var (scan, at) = (trace.Scans[0], $"layer{layer}.{(trace.Scans[0].Heads is null ? "forward." : "")}");
        golden.Compare(at + "dt", GoldenLanguageModel<T>.ByChannel(scan.Delta.Data));
        golden.Compare(at + "u", GoldenLanguageModel<T>.ByChannel(scan.U.Data));
        golden.Compare(at + "y", GoldenLanguageModel<T>.ByChannel(scan.Y.Data));
        if (scan.Heads is null)
        {
            golden.Compare(at + "B", GoldenLanguageModel<T>.ByChannel(scan.B.Data));
            golden.Compare(at + "C", GoldenLanguageModel<T>.ByChannel(scan.C.Data));
        }

        golden.Compare($"layer{layer}.mixer_out", trace.Output.Data.ToArray());
        golden.Compare($"layer{layer}.grad_mixer_out", golden.Decision.Gradients[trace.Output].ToArray());
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Matrices_of_the_first_and_the_last_scan_match(string folder)
    {
        using var golden = new GoldenLanguageModel<T>(folder, tolerance);
        var scans = Scans(golden);
        foreach (var (layer, trace) in new[] { scans[0], scans[^1] })
        {
            var (at, E, heads) = ($"layer{layer}.", trace.X.Data.Width, trace.Scans[0].Heads);
            int[] shown = [0, heads is null ? 7 : 17, E - 1];
            if (heads is { } count)
            {
                golden.Compare(
                    at + "alpha.heads",
                    [.. Enumerable.Range(0, count).SelectMany(head => ChannelMatrix.S6(trace.Scans[0], 0, head * (E / count)).Values)]);
            }
            else
            {
                golden.Compare(at + "alpha.forward", [.. shown.SelectMany(e => ChannelMatrix.S6(trace.Scans[0], 0, e).Values)]);
            }

            golden.Compare(at + "alpha.mean", Reduce(trace, new() { View = AttentionView.S6 }));
            golden.Compare(at + "alpha.abs_mean", Reduce(trace, new() { View = AttentionView.S6, Sign = SignRule.Absolute }));
            golden.Compare(at + "block", [.. shown.SelectMany(e => ChannelMatrix.Of(trace, 0, e, AttentionView.Block).Values)]);
            golden.Compare(at + "block.bias", [.. shown.SelectMany(e => BlockBias.Of(trace, trace.Scans[0], 0, e))]);
            golden.Compare(at + "block.mean", Reduce(trace, new() { View = AttentionView.Block }));
            golden.Compare(at + "contribution.positive_mean", Contribution(golden, trace, AttributionMode.Exact));
            golden.Compare(at + "contribution.paper", Contribution(golden, trace, AttributionMode.Paper));
        }

        T[] Reduce(ScanMixerTrace<T> trace, MatrixRequest<T> request)
            => MatrixReduction.Reduce(
                golden.Decision.Trace.Tape.Workers, trace, 0, request, TestContext.Current.CancellationToken).Values;
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Attention_matches(string folder)
    {
        using var golden = new GoldenLanguageModel<T>(folder, tolerance);
        var (layer, trace) = golden.Decision.Trace.Layers
            .SelectMany((made, i) => made.Mixers.OfType<SoftmaxMixerTrace<T>>().Select(mixer => (i, mixer)))
            .First();
        var at = $"layer{layer}.attention";
        golden.Compare(at, trace.Attention.Data.ToArray());
        golden.Compare(at + ".mean", HeadMatrix.Mean(trace, 0).Values);
        golden.Compare(at + "_grad", golden.Decision.Gradients[trace.Attention].ToArray());
        golden.Compare(at + ".contribution", Contribution(golden, trace, AttributionMode.Exact));
        golden.Compare(at + ".out", trace.Output.Data.ToArray());
        using var replay = golden.Decision.Backward([trace.Output], rules: null, TestContext.Current.CancellationToken);
        golden.Compare(at + ".grad_out", replay[trace.Output].ToArray());
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Mixing_of_the_first_and_the_last_mixing_block_matches(string folder)
    {
        using var golden = new GoldenLanguageModel<T>(folder, tolerance);
        var mixing = Enumerable.Range(0, golden.Model.Depth).Where(i => golden.Decision.Trace.Layers[i].Mixers.Count > 0).ToArray();
        foreach (var layer in new[] { mixing[0], mixing[^1] })
        {
            foreach (var (view, name) in new[] { (AttentionView.Block, "exact"), (AttentionView.S6, "paper") })
            {
                var matrices = TokenMixing<T>.Of(golden.Decision.Trace.Layers[layer]).Select(mixer => mixer.Matrix(
                    golden.Decision.Trace.Tape.Workers, 0, new() { View = view }, TestContext.Current.CancellationToken));
                golden.Compare($"layer{layer}.mixing.{name}", MixedKinds.RowScaledMean([.. matrices]).Values);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Maps_match(string folder)
    {
        using var golden = new GoldenLanguageModel<T>(folder, tolerance);
        foreach (var method in new[] { "raw", "rollout", "attribution" })
        {
            foreach (var (mode, name) in new[] { (AttributionMode.Exact, "exact"), (AttributionMode.Paper, "paper") })
            {
                golden.Compare($"map.{method}.{name}", golden.Map(method, new() { Mode = mode }));
                golden.Compare($"map.{method}.scan.{name}", golden.Map(method, new() { Mode = mode, Kind = MixerKind.Scan }));
                golden.Compare($"map.{method}.attention", golden.Map(method, new() { Mode = mode, Kind = MixerKind.Softmax }));
            }
        }

        golden.Compare("map.rollout.exact.start2", golden.Map("rollout", new() { StartLayer = 2 }));
        golden.Compare("map.attribution.exact.start2", golden.Map("attribution", new() { StartLayer = 2 }));
        golden.Compare("map.mamba_lrp", golden.Map("mamba-lrp", new()));
        golden.Compare("map.attn_lrp", golden.Map("attn-lrp", new()));
        golden.Compare("map.input_x_gradient", golden.Map("input-x-gradient", new()));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Hidden_attention_gives_back_what_the_model_computed(string folder)
    {
        using var golden = new GoldenLanguageModel<T>(folder, tolerance);
        var check = SelfCheck.Of(
            golden.Decision.Trace, Enumerable.Range(0, golden.Length), cancellation: TestContext.Current.CancellationToken)!;
        TestContext.Current.TestOutputHelper?.WriteLine(check.ToString());
        Assert.True(check.IsPassed, check.ToString());
    }

    private static (int Layer, ScanMixerTrace<T> Trace)[] Scans(GoldenLanguageModel<T> golden)
        => [.. golden.Decision.Trace.Layers.SelectMany((made, i) => made.Mixers.OfType<ScanMixerTrace<T>>().Select(mixer => (i, mixer)))];

    private static T[] Contribution(GoldenLanguageModel<T> golden, MixerTrace<T> mixer, AttributionMode mode)
        => MambaAttribution.Of(
            new MethodRun<T>(golden.Decision, golden.Model, new() { Mode = mode }, CancellationToken.None, progress: null),
            mixer,
            item: 0).Values;
}
