using System.Numerics;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Tests.Attention;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>
/// Every tensor of golden/mamba-micro-hf in double through the plain operators: only the float32 storage of the goldens is left.
/// </summary>
public sealed class MambaHuggingFaceDoubleTests() : MambaGoldenTests<double>("mamba-micro-hf", [0, 7, 95], 3e-7);

/// <summary>Every tensor of golden/mamba-micro-hf in float, through the fast kernels.</summary>
public sealed class MambaHuggingFaceSingleTests() : MambaGoldenTests<float>("mamba-micro-hf", [0, 7, 95], 1e-4);

/// <summary>Every tensor of golden/mamba-micro-official in double.</summary>
public sealed class MambaOfficialDoubleTests() : MambaGoldenTests<double>("mamba-micro-official", [0, 31], 3e-7);

/// <summary>Every tensor of golden/mamba-micro-official in float.</summary>
public sealed class MambaOfficialSingleTests() : MambaGoldenTests<float>("mamba-micro-official", [0, 31], 1e-4);

public abstract class MambaGoldenTests<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly GoldenLanguageModel<T> golden;
    private readonly int[] channels;

    private protected MambaGoldenTests(string folder, int[] channels, double tolerance)
    {
        golden = new(folder, tolerance);
        this.channels = channels;
    }

    [Fact]
    public void Logits_and_target_match()
    {
        golden.Compare("logits", golden.Decision.Trace.Logits.Data.ToArray());
        Assert.Equal(golden.Expected.ReadInt64s("target")[0], golden.Decision.Targets[0]);
    }

    [Fact]
    public void Scan_quantities_and_gradients_match()
    {
        foreach (var layer in new[] { 0, golden.Model.Depth - 1 })
        {
            var trace = golden.Decision.Trace.ScanMixers[layer];
            var scan = trace.Scans[0];
            foreach (var (name, value) in new[] { ("dt", scan.Delta), ("B", scan.B), ("C", scan.C), ("u", scan.U), ("y", scan.Y) })
            {
                golden.Compare($"layer{layer}.forward.{name}", GoldenLanguageModel<T>.ByChannel(value.Data));
            }

            golden.Compare($"layer{layer}.mixer_out", trace.Output.Data.ToArray());
            golden.Compare($"layer{layer}.grad_mixer_out", golden.Decision.Gradients[trace.Output].ToArray());
            using var replay = golden.Decision.Backward([trace.Gated], rules: null);
            golden.Compare($"layer{layer}.grad_gated", GoldenLanguageModel<T>.ByChannel(replay[trace.Gated]));
        }

        golden.Compare("grad.tokens", golden.Decision.Gradients[golden.Decision.Trace.Tokens].ToArray());
    }

    [Fact]
    public void Channel_matrices_match()
    {
        foreach (var layer in new[] { 0, golden.Model.Depth - 1 })
        {
            var trace = golden.Decision.Trace.ScanMixers[layer];
            golden.Compare($"layer{layer}.alpha.forward", Stack(e => ChannelMatrix.S6(trace.Scans[0], 0, e).Values));
            golden.Compare($"layer{layer}.block", Stack(e => ChannelMatrix.Of(trace, 0, e, AttentionView.Block).Values));
            golden.Compare($"layer{layer}.block.bias", Stack(e => BlockBias.Of(trace, trace.Scans[0], 0, e)));
        }
    }

    [Fact]
    public void Reduced_matrices_match()
    {
        foreach (var layer in new[] { 0, golden.Model.Depth - 1 })
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

    [Theory]
    [InlineData("raw")]
    [InlineData("rollout")]
    [InlineData("attribution")]
    public void The_released_mode_is_refused_in_words(string method)
    {
        var error = Assert.Throws<BadInputException>(() => golden.Map(method, new() { Mode = AttributionMode.Official }));
        Assert.Contains("exact or paper", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hidden_attention_gives_back_what_the_model_computed()
    {
        var check = SelfCheck.Of(golden.Decision.Trace, Enumerable.Range(0, golden.Length))!;
        TestContext.Current.TestOutputHelper?.WriteLine(check.ToString());
        Assert.True(check.IsPassed, check.ToString());
    }

    private T[] Stack(Func<int, T[]> matrix) => [.. channels.SelectMany(matrix)];

    public void Dispose()
    {
        golden.Dispose();
        GC.SuppressFinalize(this);
    }
}
