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
}
