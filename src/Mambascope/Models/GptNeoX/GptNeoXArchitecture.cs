using Mambascope.Checkpoints;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>GPT-NeoX language models: Pythia.</summary>
internal sealed class GptNeoXArchitecture : Architecture
{
    /// <inheritdoc/>
    public override string Name => "GPT-NeoX";

    /// <inheritdoc/>
    public override ModelInput Reads => ModelInput.Text;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes { get; } = ["gpt_neox"];

    /// <inheritdoc/>
    public override IReadOnlyList<ModelPreset> Presets { get; } =
    [Preset("pythia-70m", 512, 6, 8), Preset("pythia-160m", 768, 12, 12), Preset("pythia-410m", 1024, 24, 16)];

    /// <inheritdoc/>
    public override bool Matches(Checkpoint checkpoint) => GptNeoXCheckpoint.Matches(checkpoint);

    /// <inheritdoc/>
    public override IReadOnlyList<Assumption> Assumed(IModel model, ConfigFile? config)
    {
        ArgumentNullException.ThrowIfNull(model);
        var sizes = ((GptNeoX)model).Config;
        return Assumption.Where(
            config,
            new(SoftmaxFacts.HeadsInWords(sizes.Heads, sizes.Width), "num_attention_heads"),
            new($"{Math.Round(100 * sizes.RotaryShare)} % of each head rotated", "rotary_pct"),
            new($"rotary base {Math.Round(sizes.RotaryBase)}", "rotary_emb_base"),
            new($"attention and MLP {(sizes.IsParallel ? "side by side" : "in turn")}", "use_parallel_residual"),
            new Assumption(Assumption.Epsilon(sizes.NormEpsilon), "layer_norm_eps"));
    }

    /// <inheritdoc/>
    public override IModel Read(Checkpoint checkpoint, ConfigFile? config) => GptNeoXCheckpoint.Load(checkpoint, config);

    private static ModelPreset Preset(string name, int width, int depth, int heads)
    {
        var config = new GptNeoXConfig { VocabularySize = 50304, Width = width, Depth = depth, Heads = heads, MlpWidth = 4 * width };
        return new(name, weights => new GptNeoX(config, new(config, weights)), WeightFormat.BF16);
    }
}
