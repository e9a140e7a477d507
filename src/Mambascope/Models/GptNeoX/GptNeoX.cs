using Mambascope.Models.Mixers;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// GPT-NeoX language model (Black et al. 2022, arXiv 2204.06745; Pythia: Biderman et al. 2023), as in Hugging Face's modeling_gpt_neox.py:
/// the transformer that Mamba is compared with. Only a forward pass: the tape gives gradients, the trace gives every quantity that is
/// explained.
/// <code>
/// B batch    L tokens    d width    H heads of dh = d / H channels, the first rot of which turn with the position    m width of the MLP
/// r residual stream (B, L, d)     q, k, v (B, L, d)     A causal attention (B, H L, L)
/// a = dense( A v )( LN1(r) ),  A = softmax(q kᵀ / sqrt(dh));
/// parallel: r = r + a + mlp( LN2(r) );   else r = r + a, r = r + mlp( LN2(r) )
/// mlp = 4h_to_h( gelu( h_to_4h ) );   logits = embed_out( LN(r) )
/// </code>
/// </summary>
public sealed partial class GptNeoX : LanguageModel
{
    /// <summary>Builds the model around its weights.</summary>
    internal GptNeoX(GptNeoXConfig config, GptNeoXWeights weights)
        : base(Layers(config, weights), new(weights.FinalNorm, weights.FinalNormBias, config.NormEpsilon))
    {
        Config = config;
        Weights = weights;
    }

    /// <summary>Sizes.</summary>
    public GptNeoXConfig Config { get; }

    /// <summary>Weights.</summary>
    internal GptNeoXWeights Weights { get; }

    /// <inheritdoc/>
    public override int VocabularySize => Config.VocabularySize;

    /// <inheritdoc/>
    public override int Width => Config.Width;

    /// <inheritdoc/>
    public override IEnumerable<Weight> AllWeights => Weights.All;

    /// <inheritdoc/>
    protected override Weight EmbeddingTable => Weights.Embedding;

    /// <inheritdoc/>
    protected override Weight HeadTable => Weights.Head;

    private static Backbone Layers(GptNeoXConfig config, GptNeoXWeights weights)
    {
        RotaryShape rotary = new(config.RotatedChannels, config.RotaryBase);
        return new(
            weights.Blocks.Select(w =>
                (IReadOnlyList<ResidualBranch>)
                    [
                        new(
                            new Norm(w.Norm1, w.Norm1Bias, config.NormEpsilon),
                            new SoftmaxMixer(
                                new(w.Qkv, w.QkvBias, w.Projection, w.ProjectionBias),
                                config.Heads,
                                QkvLayout.ByHead,
                                isCausal: true,
                                rotary)),
                        new(new Norm(w.Norm2, w.Norm2Bias, config.NormEpsilon), new Mlp(w.Fc1, w.Fc1Bias, w.Fc2, w.Fc2Bias))
                        {
                            IsParallel = config.IsParallel,
                        },
                    ]));
    }
}
