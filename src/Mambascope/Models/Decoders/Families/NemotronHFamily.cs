namespace Mambascope.Models;

/// <summary>
/// Nemotron-H (NVIDIA 2025, arXiv 2504.03624): every block is one part, Mamba-2, attention without positions, an MLP of squared ReLU, or
/// experts.
/// </summary>
internal sealed class NemotronHFamily : DecoderFamily
{
    // Names that blocks of Mamba-2 have not.
    private static readonly string[] own = [".mixer.q_proj.weight", ".mixer.up_proj.weight", ".mixer.gate.weight"];

    /// <inheritdoc/>
    public override string Name => "Nemotron-H";

    /// <inheritdoc/>
    public override string ModelType => "nemotron_h";

    /// <inheritdoc/>
    public override string Layers => "backbone.layers.";

    /// <inheritdoc/>
    public override bool Matches(IReadOnlyCollection<string> names)
    {
        string[] all = [.. names.Select(Canonical)];
        return Array.Exists(own, name => AnyBlock(all, name));
    }

    /// <inheritdoc/>
    public override IEnumerable<string> OtherNames(string name)
    {
        if (name == "backbone.embeddings.weight")
        {
            return ["backbone.embedding.weight", "model.embeddings.weight", "model.embedding.weight"];
        }

        return name.StartsWith("backbone.", StringComparison.Ordinal) ? ["model." + name["backbone.".Length..]] : [];
    }

    // Heads that draft several tokens at once; what the model says next does not depend on them.
    /// <inheritdoc/>
    public override bool MayBeUnread(string name) => base.MayBeUnread(name) || name.StartsWith("mtp.", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override DecoderShape Shape(DecoderSettings settings)
    {
        settings.RefuseOtherParts();
        settings.RequireActivation("mamba_hidden_act", "silu", "swish");
        settings.RequireActivation("mlp_hidden_act", "relu2");
        var width = settings.Size("hidden_size", 4096);
        var epsilon = settings.Positive(settings.Has("layer_norm_epsilon") ? "layer_norm_epsilon" : "norm_eps", 1e-5);
        var kinds = Kinds(settings);
        var parts = kinds.Distinct().ToDictionary(kind => kind, kind => Part(settings, kind, Array.IndexOf(kinds, kind), width, epsilon));
        return new()
        {
            ModelType = ModelType,
            Kind = Name,
            VocabularySize = settings.Vocabulary("backbone.embeddings.weight"),
            Width = width,
            NormEpsilon = epsilon,
            EmbeddingName = "backbone.embeddings.weight",
            FinalNorm = "backbone.norm_f",
            IsHeadTied = settings.IsHeadTied(absent: false),
            Limit = settings.Window(),
            Blocks =
            [
                .. kinds.Select(IReadOnlyList<BranchShape> (kind, block) =>
                    [new($"{Layers}{block}.norm", new PlacedPart($"{Layers}{block}.mixer.", parts[kind]))]),
            ],
            Settings = settings.Noted,
        };
    }

    private static string Canonical(string name)
        => name.StartsWith("model.layers.", StringComparison.Ordinal) ? "backbone." + name["model.".Length..] : name;

    private char[] Kinds(DecoderSettings settings)
    {
        var (key, kinds) = settings.Has("hybrid_override_pattern")
            ? ("hybrid_override_pattern", settings.Text("hybrid_override_pattern", "").ToCharArray())
            : ("layers_block_type", [.. (settings.Texts("layers_block_type") ?? []).Select(name => name switch
            {
                "mamba" or "mamba2" or "linear_attention" => 'M',
                "attention" or "full_attention" => '*',
                "mlp" => '-',
                "moe" => 'E',
                _ => throw settings.Error(
                    $"layers_block_type names a layer \"{Printable.Name(name)}\"; known are \"mamba\", \"attention\", \"mlp\" and \"moe\""),
            })]);
        var layers = settings.Layers(settings.HasTensor("model.layers.0.norm.weight") == true ? "model.layers." : Layers, kinds.Length);
        if (kinds.Length != layers)
        {
            throw settings.Error($"{key} names {kinds.Length} layers, the model has {layers}");
        }

        return Array.Find(kinds, kind => !"M*-E".Contains(kind, StringComparison.Ordinal)) is not '\0' and var unknown
            ? throw settings.Error(
                $"{key} has a letter {Printable.Name(unknown.ToString())}; known are M (Mamba-2), * (attention), - (MLP) and E (experts)")
            : kinds;
    }

    private PartShape Part(DecoderSettings settings, char kind, int block, int width, float epsilon)
        => kind switch
        {
            'M' => Scan(settings, block, width, epsilon),
            '*' => Attention(settings, block, width),
            '-' => new MlpShape(MlpKind.ReluSquared, width, settings.Size("intermediate_size"))
            {
                HasBias = settings.HasBias("mlp_bias", absent: false, $"{Layers}{block}.mixer.up_proj.bias"),
            },
            _ => Experts(settings, width),
        };

    private HeadScanShape Scan(DecoderSettings settings, int block, int width, float epsilon)
    {
        var (heads, groups) = (settings.Size("mamba_num_heads", 128), settings.Size("n_groups", 8));
        var hasBias = settings.HasBias("use_bias", absent: false, $"{Layers}{block}.mixer.in_proj.bias");
        return HeadScanSettings.Checked(settings, new()
        {
            Width = width,
            InnerWidth = settings.Times(heads, settings.Size("mamba_head_dim", 64), "the width of a scan"),
            Heads = heads,
            Groups = groups,
            StateSize = settings.Size("ssm_state_size", 128),
            ConvWidth = settings.Size("conv_kernel", 4),
            HasInBias = hasBias,
            HasOutBias = hasBias,
            HasConvBias = settings.HasBias("use_conv_bias", absent: true, $"{Layers}{block}.mixer.conv1d.bias"),
            NormGroups = groups,
            NormEpsilon = epsilon,
            Steps = settings.Steps("time_step_limit"),
        });
    }

    private AttentionShape Attention(DecoderSettings settings, int block, int width)
    {
        var heads = settings.Size("num_attention_heads", 32);
        var headWidth = settings.Size(settings.Has("head_dim") ? "head_dim" : "attention_head_dim", 128);
        var hasBias = settings.HasBias("attention_bias", absent: false, $"{Layers}{block}.mixer.q_proj.bias");
        return new(width, Attention(settings, heads, settings.Size("num_key_value_heads", 8), headWidth, rotated: 0, rotaryBase: 1))
        {
            HasInBias = hasBias,
            HasOutBias = hasBias,
        };
    }

    private static ExpertsShape Experts(DecoderSettings settings, int width)
    {
        var (count, chosen) = (settings.Size("n_routed_experts"), settings.Size("num_experts_per_tok"));
        var (groups, chosenGroups) = (settings.Size("n_group", 1), settings.Size("topk_group", 1));
        if (count % groups != 0 || chosenGroups > groups || chosen > count / groups * chosenGroups)
        {
            throw settings.Error(
                $"{chosen} experts a token cannot be chosen from {chosenGroups} of {groups} groups of {count} experts; correct "
                    + "num_experts_per_tok, topk_group, n_group or n_routed_experts");
        }

        var latent = settings.Has("moe_latent_size") ? settings.Size("moe_latent_size") : (int?)null;
        MlpShape expert = new(MlpKind.ReluSquared, latent ?? width, settings.Size("moe_intermediate_size"));
        return new(width, count, chosen, expert, RouterKind.Sigmoid)
        {
            RouterName = "gate.weight",
            CorrectionName = "gate.e_score_correction_bias",
            Groups = groups,
            ChosenGroups = chosenGroups,
            IsNormalised = settings.Flag("norm_topk_prob", absent: true),
            Factor = settings.Number("routed_scaling_factor", 1),
            LatentWidth = latent,
            Shared = settings.Count("n_shared_experts", 1) == 0
                ? null
                : ("shared_experts.", new(MlpKind.ReluSquared, width, settings.Size("moe_shared_expert_intermediate_size"))),
        };
    }
}
