namespace Mambascope.Models;

/// <summary>
/// Falcon-H1 (TII 2025, arXiv 2507.22448): in every block Mamba-2 and attention side by side, then a gated MLP; constant factors
/// everywhere.
/// </summary>
internal sealed class FalconH1Family : DecoderFamily
{
    /// <inheritdoc/>
    public override string Name => "Falcon-H1";

    /// <inheritdoc/>
    public override string ModelType => "falcon_h1";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, IReadOnlyDictionary<string, object?>> Presets => DecoderPresets.FalconH1;

    /// <inheritdoc/>
    public override bool Matches(IReadOnlyCollection<string> names)
        => names.Contains(Layers + "0.mamba.A_log") && names.Contains(Layers + "0.self_attn.q_proj.weight");

    /// <inheritdoc/>
    public override DecoderShape Shape(DecoderSettings settings)
    {
        settings.RefuseOtherParts();
        settings.RequireActivation("hidden_act", "silu", "swish");
        var (width, epsilon) = (settings.Size("hidden_size", 4096), settings.Positive("rms_norm_eps", 1e-5));
        var inner = settings.Has("mamba_d_ssm")
            ? settings.Size("mamba_d_ssm")
            : settings.Times(settings.Size("mamba_expand", 2), width, "the width of a scan");
        var mlp = settings.Factors("mlp_multipliers", 2);
        MlpShape mlpShape = new(MlpKind.Gated, width, settings.Size("intermediate_size", 14336))
        {
            HasBias = settings.HasBias("mlp_bias", absent: false, Layers + "0.feed_forward.gate_proj.bias"),
            GateFactor = mlp[0],
        };
        var (scan, attention) = (Scan(settings, width, inner, epsilon), Attention(settings, width));
        var (scanIn, scanOut) = (settings.Number("ssm_in_multiplier", 1), settings.Number("ssm_out_multiplier", 1));
        var (attentionIn, attentionOut)
            = (settings.Number("attention_in_multiplier", 1), settings.Number("attention_out_multiplier", 1));
        return new()
        {
            ModelType = ModelType,
            Kind = Name,
            VocabularySize = settings.Vocabulary("model.embed_tokens.weight"),
            Width = width,
            NormEpsilon = epsilon,
            FinalNorm = "model.final_layernorm",
            IsHeadTied = settings.IsHeadTied(absent: false),
            EmbeddingFactor = settings.Number("embedding_multiplier", 1),
            HeadFactor = settings.Number("lm_head_multiplier", 1),
            Limit = settings.Window(),
            Blocks =
            [
                .. Enumerable.Range(0, settings.Layers(Layers, 32)).Select(IReadOnlyList<BranchShape> (block) =>
                [
                    new(
                        $"{Layers}{block}.input_layernorm",
                        new PlacedPart($"{Layers}{block}.mamba.", scan, scanIn, scanOut),
                        new PlacedPart($"{Layers}{block}.self_attn.", attention, attentionIn, attentionOut)),
                    new($"{Layers}{block}.pre_ff_layernorm", new PlacedPart($"{Layers}{block}.feed_forward.", mlpShape, 1, mlp[1])),
                ]),
            ],
            Settings = settings.Noted,
        };
    }

    private HeadScanShape Scan(DecoderSettings settings, int width, int inner, float epsilon)
    {
        var scan = HeadScanSettings.Read(settings, Layers + "0.mamba.", width, inner, epsilon, outBiasKey: "projectors_bias");
        var hasNorm = settings.Flag("mamba_rms_norm", absent: false);
        var isBeforeGate = settings.Flag("mamba_norm_before_gate", absent: true);
        return HeadScanSettings.Checked(settings, scan with
        {
            Norm = !hasNorm ? GatedNormPlace.None : isBeforeGate ? GatedNormPlace.BeforeGate : GatedNormPlace.BehindGate,
            NormGroups = hasNorm ? scan.Groups : 1,
            Factors = settings.Factors("ssm_multipliers", 5),
        });
    }

    private AttentionShape Attention(DecoderSettings settings, int width)
    {
        var heads = settings.Size("num_attention_heads", 32);
        var headWidth = HeadWidth(settings, width, heads);
        var hasBias = settings.HasBias("attention_bias", absent: false, Layers + "0.self_attn.q_proj.bias");
        var softmax = Attention(
            settings, heads, settings.Size("num_key_value_heads", 8), headWidth, headWidth, settings.Number("rope_theta", 1e5));
        return new(width, softmax with { KeyFactor = settings.Number("key_multiplier", 1) }) { HasInBias = hasBias, HasOutBias = hasBias };
    }
}
