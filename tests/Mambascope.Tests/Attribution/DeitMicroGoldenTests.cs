using System.Numerics;
using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>Every tensor of golden/deit-micro in double: only the float32 storage of the goldens is left.</summary>
public sealed class DeitMicroDoubleTests(DeitMicro<double> deit)
    : DeitMicroGoldenTests<double>(deit, tolerance: 3e-7),
        IClassFixture<DeitMicro<double>>;

/// <summary>Every tensor of golden/deit-micro in float; relevance runs in double in any case.</summary>
public sealed class DeitMicroSingleTests(DeitMicro<float> deit)
    : DeitMicroGoldenTests<float>(deit, tolerance: 1e-4),
        IClassFixture<DeitMicro<float>>;

public abstract class DeitMicroGoldenTests<T>(DeitMicro<T> deit, double tolerance)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [Fact]
    public void Logits_and_target_match()
    {
        Compare("logits", deit.Decision.Trace.Logits.Data.Row(0));
        Assert.Equal(deit.Expected.ReadInt64s("target")[0], deit.Decision.Targets[0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Attention_and_its_gradient_match(int layer)
    {
        var attention = deit.Decision.Trace.SoftmaxMixers[layer].Attention;
        Compare($"layer{layer}.attention", attention.Data.ToArray());
        Compare($"layer{layer}.attention_grad", deit.Decision.Gradients[attention].ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Attention_relevance_matches(int layer)
    {
        var decision = deit.Decision.InDouble(deit.Model);
        var attention = decision.Trace.SoftmaxMixers[layer].Attention;
        using var replay = decision.Backward([attention], TransformerRelevance.Rules(LrpVariant.Rescaled));
        Golden.AssertClose(
            $"layer{layer}.attention_relevance",
            replay[attention].ToArray(),
            deit.Expected.Read($"layer{layer}.attention_relevance"),
            tolerance);
    }

    [Theory]
    [InlineData("raw", 0, "map.raw_mean_layers")]
    [InlineData("raw-last", 0, "map.raw_last")]
    [InlineData("rollout", 0, "map.rollout.start0")]
    [InlineData("rollout", 1, "map.rollout.start1")]
    [InlineData("generic-attention", 0, "map.generic_attention")]
    [InlineData("attention-gradcam", 0, "map.attn_gradcam")]
    [InlineData("transition-attention", 0, "map.transition_attention.start0")]
    public void Maps_match(string method, int startLayer, string golden) => Compare(golden, Map(method, new() { StartLayer = startLayer }));

    [Theory]
    [InlineData("transformer-attribution", 0, LrpVariant.Rescaled, "map.transformer_attribution.start0")]
    [InlineData("transformer-attribution", 1, LrpVariant.Rescaled, "map.transformer_attribution.start1")]
    [InlineData("lrp-rollout", 1, LrpVariant.Rescaled, "map.lrp_rollout.start1")]
    [InlineData("partial-lrp", 0, LrpVariant.Rescaled, "map.partial_lrp_ours")]
    [InlineData("partial-lrp", 0, LrpVariant.Original, "map.partial_lrp_original")]
    public void Relevance_maps_match(string method, int startLayer, LrpVariant variant, string golden)
        => Compare(golden, Map(method, new() { StartLayer = startLayer, LrpVariant = variant }));

    [Theory]
    [InlineData(LrpVariant.Rescaled, "map.lrp_full_ours")]
    [InlineData(LrpVariant.Original, "map.lrp_full_original")]
    public void Pixel_relevance_matches(LrpVariant variant, string golden)
        => Compare(golden, Map("full-lrp", new() { LrpVariant = variant }));

    private T[] Map(string method, AttributionOptions options)
    {
        var map = AttributionMethods.Find(method, ModelShape.Of(MixerKind.Softmax)).Explain(deit.Decision, deit.Model, options)[0];
        Assert.Null(map.Degenerate);
        return map.Values;
    }

    private void Compare(string name, ReadOnlySpan<T> actual)
        => Golden.AssertClose(name, VimMicro<T>.Widen(actual), deit.Expected.Read(name), tolerance);
}
