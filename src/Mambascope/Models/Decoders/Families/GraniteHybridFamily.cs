namespace Mambascope.Models;

/// <summary>
/// GraniteMoeHybrid (IBM, Granite 4.0): blocks of Mamba-2 or attention, then an MLP for all tokens and, where there are some, experts. A
/// Granite without "h" in its name is of this class too and has attention only.
/// </summary>
internal sealed class GraniteHybridFamily : DecoderFamily
{
    /// <inheritdoc/>
    public override string Name => "Granite 4 (GraniteMoeHybrid)";

    /// <inheritdoc/>
    public override string ModelType => "granitemoehybrid";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, IReadOnlyDictionary<string, object?>> Presets => DecoderPresets.Granite;

    /// <inheritdoc/>
    public override bool Matches(IReadOnlyCollection<string> names) => AnyBlock(names, ".shared_mlp.input_linear.weight");

    /// <inheritdoc/>
    public override DecoderShape Shape(DecoderSettings settings)
    {
        settings.RefuseOtherParts();
        settings.RequireActivation("hidden_act", "silu", "swish");
        var (width, epsilon) = (settings.Size("hidden_size", 4096), settings.Positive("rms_norm_eps", 1e-6));
        var isAttention = Kinds(settings, settings.Layers(Layers, 32));
        var (scanAt, attentionAt) = (Array.IndexOf(isAttention, false), Array.IndexOf(isAttention, true));
        var inner = settings.Times(settings.Size("mamba_expand", 2), width, "the width of a scan");
        var scan = scanAt < 0 ? null : HeadScanSettings.Read(settings, $"{Layers}{scanAt}.mamba.", width, inner, epsilon);
        var attention = attentionAt < 0 ? null : Attention(settings, width, attentionAt);
        MlpShape shared = new(MlpKind.GatedHalves, width, settings.Size("shared_intermediate_size", 1024));
        var experts = Experts(settings, width);
        return new()
        {
            ModelType = ModelType,
            Kind = Name,
            VocabularySize = settings.Vocabulary("model.embed_tokens.weight"),
            Width = width,
            NormEpsilon = epsilon,
            FinalNorm = "model.norm",
            IsHeadTied = settings.IsHeadTied(absent: false),
            EmbeddingFactor = settings.Number("embedding_multiplier", 1),
            BranchFactor = settings.Number("residual_multiplier", 1),
            HeadFactor = 1 / settings.Number("logits_scaling", 1),
            Limit = settings.Window(),
            Blocks =
            [
                .. isAttention.Select(IReadOnlyList<BranchShape> (isSoftmax, block) =>
                [
                    new(
                        $"{Layers}{block}.input_layernorm",
                        isSoftmax
                            ? new PlacedPart($"{Layers}{block}.self_attn.", attention!)
                            : new PlacedPart($"{Layers}{block}.mamba.", scan!)),
                    new(
                        $"{Layers}{block}.post_attention_layernorm",
                        [
                            new PlacedPart($"{Layers}{block}.shared_mlp.", shared),
                            .. experts is null ? [] : new[] { new PlacedPart($"{Layers}{block}.block_sparse_moe.", experts) },
                        ]),
                ]),
            ],
            Settings = settings.Noted,
        };
    }

    private static bool[] Kinds(DecoderSettings settings, int layers)
    {
        var key = settings.Has("layer_types") ? "layer_types" : "layers_block_type";
        if (settings.Texts(key) is not { } kinds)
        {
            return new bool[layers];
        }

        if (kinds.Length != layers)
        {
            throw settings.Error($"{key} names {kinds.Length} layers, the model has {layers}");
        }

        return [.. kinds.Select(kind => kind switch
        {
            "attention" or "full_attention" => true,
            "mamba" or "mamba2" or "linear_attention" => false,
            _ => throw settings.Error($"{key} names a layer \"{Printable.Name(kind)}\"; known are \"mamba\" and \"attention\""),
        })];
    }

    private AttentionShape Attention(DecoderSettings settings, int width, int block)
    {
        var heads = settings.Size("num_attention_heads", 32);
        var headWidth = HeadWidth(settings, width, heads);
        var rotated = settings.Text("position_embedding_type", "nope") switch
        {
            "rope" => headWidth,
            "nope" => 0,
            var other => throw settings.Error(
                $"position_embedding_type is \"{Printable.Name(other)}\"; supported are \"rope\", \"nope\" and null"),
        };
        var softmax = Attention(
            settings, heads, settings.Size("num_key_value_heads", heads), headWidth, rotated, settings.Number("rope_theta", 1e4));
        var hasBias = settings.HasBias("attention_bias", absent: false, $"{Layers}{block}.self_attn.q_proj.bias");
        return new(width, softmax with { Scale = settings.Number("attention_multiplier", 1) })
        {
            HasInBias = hasBias,
            HasOutBias = hasBias,
        };
    }

    private static ExpertsShape? Experts(DecoderSettings settings, int width)
    {
        var count = settings.Count("num_local_experts", 8);
        if (count == 0)
        {
            return null;
        }

        var chosen = settings.Size("num_experts_per_tok", 2);
        if (chosen > count)
        {
            throw settings.Error($"num_experts_per_tok is {chosen}, but there are {count} experts");
        }

        MlpShape expert = new(MlpKind.GatedHalves, width, settings.Size("intermediate_size"));
        return new(width, count, chosen, expert, RouterKind.SoftmaxOfChosen) { RouterName = "router.layer.weight" };
    }
}
