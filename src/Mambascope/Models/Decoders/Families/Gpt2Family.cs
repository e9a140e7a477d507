using Mambascope.Models.Mixers;

namespace Mambascope.Models;

/// <summary>
/// GPT-2 (Radford et al. 2019): learned positions, layer norms, attention and an MLP with GELU, biases everywhere.
/// </summary>
internal sealed class Gpt2Family : DecoderFamily
{
    private const string Embedding = "wte.weight", Positions = "wpe.weight", Wrapper = "transformer.";

    /// <inheritdoc/>
    public override string Name => "GPT-2";

    /// <inheritdoc/>
    public override string ModelType => "gpt2";

    /// <inheritdoc/>
    public override string Layers => "h.";

    /// <inheritdoc/>
    public override bool Matches(IReadOnlyCollection<string> names)
        => new[] { "", Wrapper }.Any(prefix => names.Contains(prefix + "h.0.attn.c_attn.weight") && names.Contains(prefix + Positions));

    /// <inheritdoc/>
    public override IEnumerable<string> OtherNames(string name) => [Wrapper + name];

    /// <inheritdoc/>
    public override bool MayBeUnread(string name)
        => name.EndsWith(".attn.bias", StringComparison.Ordinal) || name.EndsWith(".attn.masked_bias", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override DecoderShape Shape(DecoderSettings settings)
    {
        settings.RefuseOtherParts();
        var activation = settings.Text("activation_function", "gelu_new") switch
        {
            "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" => MlpActivation.GeluTanh,
            "gelu" => MlpActivation.Gelu,
            var other => throw settings.Error(
                $"activation_function is \"{Printable.Name(other)}\"; supported are \"gelu_new\" and \"gelu\""),
        };
        foreach (var (key, absent) in new[]
        {
            ("scale_attn_weights", true), ("scale_attn_by_inverse_layer_idx", false), ("reorder_and_upcast_attn", false),
            ("add_cross_attention", false),
        })
        {
            if (settings.Flag(key, absent) != absent)
            {
                throw settings.Error($"{key} is {(absent ? "false" : "true")}; supported is {(absent ? "true" : "false")}");
            }
        }

        var (width, heads) = (settings.Size("n_embd", 768), settings.Size("n_head", 12));
        settings.RequireMultiple(width, heads, $"{heads} heads do not divide a width of {width}; correct n_head");
        var positions = settings.Size("n_positions", 1024);
        var inner = settings.Has("n_inner") ? settings.Size("n_inner") : settings.Times(4, width, "the width of an MLP");
        var (attention, mlp) = (new Gpt2AttentionShape(width, heads), new Gpt2MlpShape(width, inner, activation));
        var layers = settings.HasTensor(Wrapper + Positions) == true ? Wrapper + Layers : Layers;
        return new()
        {
            ModelType = ModelType,
            Kind = Name,
            VocabularySize = settings.Vocabulary(Embedding),
            Width = width,
            NormEpsilon = settings.Positive("layer_norm_epsilon", 1e-5),
            HasNormBias = true,
            EmbeddingName = Embedding,
            FinalNorm = "ln_f",
            IsHeadTied = settings.IsHeadTied(absent: true),
            Positions = (Positions, positions),
            Limit = (positions, "n_positions"),
            Blocks =
            [
                .. Enumerable.Range(0, settings.Layers(layers, settings.Size("n_layer", 12))).Select(IReadOnlyList<BranchShape> (block) =>
                [
                    new($"{Layers}{block}.ln_1", new PlacedPart($"{Layers}{block}.attn.", attention)),
                    new($"{Layers}{block}.ln_2", new PlacedPart($"{Layers}{block}.mlp.", mlp)),
                ]),
            ],
            Settings = settings.Noted,
        };
    }
}
