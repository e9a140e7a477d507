namespace Mambascope.Models;

/// <summary>
/// Jamba (AI21 2024, arXiv 2403.19887): blocks of Mamba with norms inside, or of attention without positions, then a gated MLP or experts.
/// </summary>
internal sealed class JambaFamily : DecoderFamily
{
    /// <inheritdoc/>
    public override string Name => "Jamba";

    /// <inheritdoc/>
    public override string ModelType => "jamba";

    /// <inheritdoc/>
    public override bool Matches(IReadOnlyCollection<string> names) => AnyBlock(names, ".mamba.dt_layernorm.weight");

    /// <inheritdoc/>
    public override DecoderShape Shape(DecoderSettings settings)
    {
        settings.RefuseOtherParts();
        settings.RequireActivation("hidden_act", "silu", "swish");
        var (width, epsilon) = (settings.Size("hidden_size", 4096), settings.Positive("rms_norm_eps", 1e-6));
        var layers = settings.Layers(Layers, 32);
        var isAttention = Rhythm(settings, layers, "attn_layer_period", 8, "attn_layer_offset", 4);
        MlpShape mlp = new(MlpKind.Gated, width, settings.Size("intermediate_size", 14336));
        var experts = Experts(settings, width, mlp);
        var isMixture = experts is null ? new bool[layers] : Rhythm(settings, layers, "expert_layer_period", 2, "expert_layer_offset", 1);
        var (scanAt, attentionAt) = (Array.IndexOf(isAttention, false), Array.IndexOf(isAttention, true));
        var scan = scanAt < 0 ? null : Scan(settings, $"{Layers}{scanAt}.mamba.", width, epsilon);
        var attention = attentionAt < 0 ? null : Attention(settings, width);
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
                        isAttention[block]
                            ? new PlacedPart($"{Layers}{block}.self_attn.", attention!)
                            : new PlacedPart($"{Layers}{block}.mamba.", scan!)),
                    new(
                        $"{Layers}{block}.pre_ff_layernorm",
                        new PlacedPart($"{Layers}{block}.feed_forward.", isMixture[block] ? experts! : mlp)),
                ]),
            ],
            Settings = settings.Noted,
        };
    }

    private static bool[] Rhythm(
        DecoderSettings settings, int layers, string periodKey, int absentPeriod, string offsetKey, int absentOffset)
    {
        var (period, offset) = (settings.Size(periodKey, absentPeriod), settings.Count(offsetKey, absentOffset));
        return offset < period
            ? [.. Enumerable.Range(0, layers).Select(layer => layer % period == offset)]
            : throw settings.Error($"{offsetKey} is {offset}, expected less than {periodKey}, {period}");
    }

    private static InnerNormScanShape Scan(DecoderSettings settings, string at, int width, float epsilon)
    {
        var rank = settings.SizeOrAuto("mamba_dt_rank", () => (width + 15) / 16);
        return new(
            width,
            settings.Times(settings.Size("mamba_expand", 2), width, "the width of a scan"),
            settings.Size("mamba_d_state", 16),
            rank,
            settings.Size("mamba_d_conv", 4),
            epsilon,
            HasInBias: settings.HasBias("mamba_proj_bias", absent: false, at + "in_proj.bias"),
            HasOutBias: settings.HasBias("mamba_proj_bias", absent: false, at + "out_proj.bias"),
            HasConvBias: settings.HasBias("mamba_conv_bias", absent: true, at + "conv1d.bias"));
    }

    private static AttentionShape Attention(DecoderSettings settings, int width)
    {
        var heads = settings.Size("num_attention_heads", 32);
        return new(width, Attention(
            settings,
            heads,
            settings.Size("num_key_value_heads", 8),
            HeadWidth(settings, width, heads),
            rotated: 0,
            rotaryBase: 1));
    }

    private static ExpertsShape? Experts(DecoderSettings settings, int width, MlpShape expert)
    {
        var count = settings.Size("num_experts", 16);
        if (count == 1)
        {
            return null;
        }

        var chosen = settings.Size("num_experts_per_tok", 2);
        return chosen <= count
            ? new(width, count, chosen, expert, RouterKind.ChosenOfSoftmax) { RouterName = "router.weight" }
            : throw settings.Error($"num_experts_per_tok is {chosen}, but there are {count} experts");
    }
}
