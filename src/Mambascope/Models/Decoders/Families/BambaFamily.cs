namespace Mambascope.Models;

/// <summary>
/// Bamba (IBM, Princeton, CMU and UIUC 2024): blocks of Mamba-2 or attention, half of whose heads' channels turn with the position, then a
/// gated MLP.
/// </summary>
internal sealed class BambaFamily : DecoderFamily
{
    /// <inheritdoc/>
    public override string Name => "Bamba";

    /// <inheritdoc/>
    public override string ModelType => "bamba";

    /// <inheritdoc/>
    public override bool Matches(IReadOnlyCollection<string> names)
        => AnyBlock(names, ".mamba.dt_bias") && AnyBlock(names, ".feed_forward.gate_proj.weight");

    /// <inheritdoc/>
    public override DecoderShape Shape(DecoderSettings settings)
    {
        settings.RefuseOtherParts();
        settings.RequireActivation("hidden_act", "silu", "swish");
        var (width, epsilon) = (settings.Size("hidden_size", 4096), settings.Positive("rms_norm_eps", 1e-5));
        var layers = settings.Layers(Layers, 32);
        var attentionLayers = settings.Places("attn_layer_indices") ?? [];
        if (Array.Find(attentionLayers, layer => layer >= layers) is > 0 and var beyond)
        {
            throw settings.Error($"attn_layer_indices names layer {beyond}; the model has layers 0 to {layers - 1}");
        }

        var scanAt = Enumerable.Range(0, layers).FirstOrDefault(layer => !attentionLayers.Contains(layer), -1);
        var inner = settings.Times(settings.Size("mamba_expand", 2), width, "the width of a scan");
        var scan = scanAt < 0 ? null : HeadScanSettings.Read(settings, $"{Layers}{scanAt}.mamba.", width, inner, epsilon);
        var attention = attentionLayers.Length == 0 ? null : Attention(settings, width, attentionLayers[0]);
        MlpShape mlp = new(MlpKind.Gated, width, settings.Size("intermediate_size", 14336))
        {
            HasBias = settings.HasBias("mlp_bias", absent: false, Layers + "0.feed_forward.gate_proj.bias"),
        };
        return new()
        {
            ModelType = ModelType,
            Kind = Name,
            VocabularySize = settings.Vocabulary("model.embed_tokens.weight"),
            Width = width,
            NormEpsilon = epsilon,
            FinalNorm = "model.final_layernorm",
            IsHeadTied = settings.IsHeadTied(absent: false),
            Limit = settings.Window(),
            Blocks =
            [
                .. Enumerable.Range(0, layers).Select(IReadOnlyList<BranchShape> (block) =>
                [
                    new(
                        $"{Layers}{block}.input_layernorm",
                        attentionLayers.Contains(block)
                            ? new PlacedPart($"{Layers}{block}.self_attn.", attention!)
                            : new PlacedPart($"{Layers}{block}.mamba.", scan!)),
                    new($"{Layers}{block}.pre_ff_layernorm", new PlacedPart($"{Layers}{block}.feed_forward.", mlp)),
                ]),
            ],
            Settings = settings.Noted,
        };
    }

    // Half of a head's channels turn: the class says so, whatever the file does.
    private AttentionShape Attention(DecoderSettings settings, int width, int block)
    {
        var heads = settings.Size("num_attention_heads", 32);
        var headWidth = HeadWidth(settings, width, heads);
        var hasBias = settings.HasBias("attention_bias", absent: false, $"{Layers}{block}.self_attn.q_proj.bias");
        return new(width, Attention(
            settings, heads, settings.Size("num_key_value_heads", 8), headWidth, headWidth / 2, settings.Number("rope_theta", 1e4)))
        {
            HasInBias = hasBias,
            HasOutBias = hasBias,
        };
    }
}
