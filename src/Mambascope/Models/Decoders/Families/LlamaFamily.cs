namespace Mambascope.Models;

/// <summary>
/// Transformers of Llama's kind (Touvron et al. 2023, arXiv 2302.13971): attention with rotated queries and keys, then a gated MLP. Llama
/// and SmolLM, and Qwen2 with biases on queries, keys and values.
/// </summary>
/// <param name="name">What its authors call it.</param>
/// <param name="modelType">model_type.</param>
/// <param name="hasInBias">Whether queries, keys and values have biases where config.json says nothing.</param>
internal sealed class LlamaFamily(string name, string modelType, bool hasInBias) : DecoderFamily
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override string ModelType => modelType;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, IReadOnlyDictionary<string, object?>> Presets
        => hasInBias ? base.Presets : DecoderPresets.Llama;

    /// <inheritdoc/>
    public override bool Matches(IReadOnlyCollection<string> names)
        => names.Contains(Layers + "0.self_attn.q_proj.weight")
        && names.Contains(Layers + "0.mlp.gate_proj.weight")
        && names.Contains(Layers + "0.self_attn.q_proj.bias") == hasInBias;

    /// <inheritdoc/>
    public override DecoderShape Shape(DecoderSettings settings)
    {
        settings.RefuseOtherParts();
        settings.RequireActivation("hidden_act", "silu", "swish");
        if (settings.Texts("layer_types") is { } kinds && Array.Find(kinds, kind => kind != "full_attention") is { } other)
        {
            throw settings.Error($"layer_types names a layer \"{Printable.Name(other)}\"; supported is \"full_attention\"");
        }

        var width = settings.Size("hidden_size");
        var heads = settings.Size("num_attention_heads");
        var headWidth = HeadWidth(settings, width, heads);
        var softmax = Attention(
            settings, heads, settings.Size("num_key_value_heads", heads), headWidth, headWidth, settings.Number("rope_theta", 1e4));
        AttentionShape attention = new(width, softmax)
        {
            HasInBias = settings.HasBias("attention_bias", hasInBias, Layers + "0.self_attn.q_proj.bias"),
            HasOutBias = settings.HasTensor(Layers + "0.self_attn.o_proj.bias") ?? false,
        };
        MlpShape mlp = new(MlpKind.Gated, width, settings.Size("intermediate_size"))
        {
            HasBias = settings.HasBias("mlp_bias", absent: false, Layers + "0.mlp.gate_proj.bias"),
        };
        return new()
        {
            ModelType = ModelType,
            Kind = Name,
            VocabularySize = settings.Vocabulary("model.embed_tokens.weight"),
            Width = width,
            NormEpsilon = settings.Positive("rms_norm_eps", 1e-6),
            FinalNorm = "model.norm",
            IsHeadTied = settings.IsHeadTied(absent: false),
            Limit = settings.Window(),
            Blocks =
            [
                .. Enumerable.Range(0, settings.Layers(Layers, 32)).Select(IReadOnlyList<BranchShape> (block) =>
                [
                    new($"{Layers}{block}.input_layernorm", new PlacedPart($"{Layers}{block}.self_attn.", attention)),
                    new($"{Layers}{block}.post_attention_layernorm", new PlacedPart($"{Layers}{block}.mlp.", mlp)),
                ]),
            ],
            Settings = settings.Noted,
        };
    }
}
