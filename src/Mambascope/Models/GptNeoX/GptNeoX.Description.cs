namespace Mambascope.Models;

/// <content>What the model is, and what it costs.</content>
public sealed partial class GptNeoX
{
    /// <inheritdoc/>
    public override ModelFacts Facts => new()
    {
        Name = "gpt_neox",
        Kind = "GPT-NeoX",
        Title = "GPT-NeoX language model",
        Width = Config.Width,
        Heads = Config.Heads,
        Rows = [SoftmaxFacts.Of(Config.Heads, Config.Width, Config.MlpWidth, Config.NormEpsilon)],
    };

    /// <inheritdoc/>
    public override ModelWork Work
    {
        get
        {
            var (d, m) = (Config.Width, Config.MlpWidth);
            return new()
            {
                Linear = Config.Depth * (ModelWork.Product(1, d, 4 * d) + (2 * ModelWork.Product(1, d, m))),
                Head = ModelWork.Product(1, d, Config.VocabularySize),
                Mixers = [.. Enumerable.Repeat(new SoftmaxWork(d, Config.Heads, IsCausal: true), Config.Depth)],
                Products = [(d, 3 * d), (d, m)],
                Bytes = BytesPerToken,
            };
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object> Settings => new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["model_type"] = "gpt_neox",
        ["vocab_size"] = Config.VocabularySize,
        ["hidden_size"] = Config.Width,
        ["num_hidden_layers"] = Config.Depth,
        ["num_attention_heads"] = Config.Heads,
        ["intermediate_size"] = Config.MlpWidth,
        ["rotary_pct"] = Config.RotaryShare,
        ["rotary_emb_base"] = Config.RotaryBase,
        ["use_parallel_residual"] = Config.IsParallel,
        ["layer_norm_eps"] = Math.Round(Config.NormEpsilon, 12),
        ["hidden_act"] = "gelu",
        ["attention_bias"] = Config.HasAttentionBias,
        ["tie_word_embeddings"] = Config.IsHeadTied,
    };

    /// <inheritdoc/>
    public override ILanguageModel With(WeightSource weights) => new GptNeoX(Config, new(Config, weights));
}
