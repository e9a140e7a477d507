using System.Numerics;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Tests.Attention;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>Every tensor of golden/mamba2-micro-hf in double: only the float32 storage of the goldens is left.</summary>
public sealed class Mamba2DoubleTests() : Mamba2GoldenTests<double>(3e-7);

/// <summary>Every tensor of golden/mamba2-micro-hf in float.</summary>
public sealed class Mamba2SingleTests() : Mamba2GoldenTests<float>(1e-4);

public abstract class Mamba2GoldenTests<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int HeadWidth = 16;
    private static readonly int[] channels = [0, 17, 95];
    private static readonly int[] layers = [0, 2];

    private readonly GoldenLanguageModel<T> golden;

    private protected Mamba2GoldenTests(double tolerance) => golden = new("mamba2-micro-hf", tolerance);

    [Fact]
    public void Logits_and_target_match()
    {
        golden.Compare("logits", golden.Decision.Trace.Logits.Data.ToArray());
        Assert.Equal(golden.Expected.ReadInt64s("target")[0], golden.Decision.Targets[0]);
    }

    [Fact]
    public void Scan_quantities_and_gradients_match()
    {
        foreach (var layer in layers)
        {
            var trace = golden.Decision.Trace.ScanMixers[layer];
            var scan = trace.Scans[0];
            golden.Compare($"layer{layer}.dt", GoldenLanguageModel<T>.ByChannel(scan.Delta.Data));
            golden.Compare($"layer{layer}.u", GoldenLanguageModel<T>.ByChannel(scan.U.Data));
            golden.Compare($"layer{layer}.y", GoldenLanguageModel<T>.ByChannel(scan.Y.Data));
            golden.Compare($"layer{layer}.mixer_out", trace.Output.Data.ToArray());
            golden.Compare($"layer{layer}.grad_mixer_out", golden.Decision.Gradients[trace.Output].ToArray());
        }
    }

    [Fact]
    public void Head_and_channel_matrices_match()
    {
        foreach (var layer in layers)
        {
            var trace = golden.Decision.Trace.ScanMixers[layer];
            Assert.Equal(6, trace.Scans[0].Heads);
            golden.Compare(
                $"layer{layer}.alpha.heads",
                [.. Enumerable.Range(0, 6).SelectMany(head => ChannelMatrix.S6(trace.Scans[0], 0, head * HeadWidth).Values)]);
            golden.Compare($"layer{layer}.block", [.. channels.SelectMany(e => ChannelMatrix.Of(trace, 0, e, AttentionView.Block).Values)]);
            golden.Compare($"layer{layer}.block.bias", [.. channels.SelectMany(e => BlockBias.Of(trace, trace.Scans[0], 0, e))]);
        }
    }

    [Fact]
    public void Reduced_matrices_match()
    {
        foreach (var layer in layers)
        {
            var trace = golden.Decision.Trace.ScanMixers[layer];
            golden.Compare($"layer{layer}.alpha.mean", Reduce(new() { View = AttentionView.S6 }));
            golden.Compare($"layer{layer}.block.mean", Reduce(new() { View = AttentionView.Block }));
            golden.Compare($"layer{layer}.contribution.positive_mean", MambaAttribution.Contribution(golden.MethodRun, trace, 0).Values);

            T[] Reduce(MatrixRequest<T> request) => MatrixReduction.Reduce(golden.Decision.Trace.Tape.Workers, trace, 0, request).Values;
        }
    }

    [Theory]
    [InlineData("raw", AttributionMode.Exact, "map.raw.exact")]
    [InlineData("raw", AttributionMode.Paper, "map.raw.paper")]
    [InlineData("rollout", AttributionMode.Exact, "map.rollout.exact")]
    [InlineData("rollout", AttributionMode.Paper, "map.rollout.paper")]
    [InlineData("attribution", AttributionMode.Exact, "map.attribution.exact")]
    [InlineData("attribution", AttributionMode.Paper, "map.attribution.paper")]
    [InlineData("mamba-lrp", AttributionMode.Exact, "map.mamba_lrp")]
    [InlineData("input-x-gradient", AttributionMode.Exact, "map.input_x_gradient")]
    public void Maps_match(string method, AttributionMode mode, string name)
        => golden.Compare(name, golden.Map(method, new() { Mode = mode }));

    [Fact]
    public void Hidden_attention_gives_back_what_the_model_computed()
    {
        var check = SelfCheck.Of(golden.Decision.Trace, Enumerable.Range(0, golden.Length))!;
        TestContext.Current.TestOutputHelper?.WriteLine(check.ToString());
        Assert.True(check.IsPassed, check.ToString());
    }

    public void Dispose()
    {
        golden.Dispose();
        GC.SuppressFinalize(this);
    }
}
