using Mambascope.Models.Mixers;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// Mamba language model (Gu and Dao 2023, arXiv 2312.00752), as in state-spaces/mamba mamba_simple.py and mixer_seq_simple.py and in
/// Hugging Face's modeling_mamba.py; with a mixer norm epsilon, Falcon-Mamba (modeling_falcon_mamba.py). Only a forward pass: the tape
/// gives gradients, the trace gives every quantity that is explained.
/// <code>
/// B batch    L tokens    d width of the residual stream    E inner width (2d)
/// N states a channel    K conv taps    R rank of the step size
/// r residual stream (B, L, d)            x, z branches of in_proj (B, L, E)
/// p conv output, u = silu(p) scan input  δ low-rank step, Δ step size, B, C coefficients of the scan     y scan output
/// r = r + out_proj( (y + D u) ⊙ silu(z) )( rms(r) );   logits = head( rms(r) )
/// </code>
/// </summary>
public sealed partial class Mamba : LanguageModel
{
    /// <summary>Builds the model around its weights.</summary>
    internal Mamba(MambaConfig config, MambaWeights weights)
        : base(Layers(config, weights), new(weights.FinalNorm, Bias: null, config.NormEpsilon))
    {
        Config = config;
        Weights = weights;
    }

    /// <summary>Sizes.</summary>
    public MambaConfig Config { get; }

    /// <summary>Weights.</summary>
    internal MambaWeights Weights { get; }

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

    private static Backbone Layers(MambaConfig config, MambaWeights weights)
    {
        var norms = InnerNorms(config);
        return new(
            weights.Blocks.Select(w =>
                (IReadOnlyList<ResidualBranch>)
                    [
                        new(
                            new Norm(w.Norm, Bias: null, config.NormEpsilon),
                            new S6Mixer(
                                w.InProj,
                                w.InBias,
                                [new(w.Conv, w.ConvBias, w.XProj, w.DtProj, w.DtBias, w.ALog, w.D)],
                                w.OutProj,
                                w.OutBias,
                                norms: norms)),
                    ]));
    }

    // Falcon-Mamba divides δ, B and C by their root mean square; there is no gain to learn.
    private static S6InnerNorms? InnerNorms(MambaConfig config)
    {
        if (config.MixerNormEpsilon is not { } epsilon)
        {
            return null;
        }

        var widest = Math.Max(config.DtRank, config.StateSize);
        Weight ones = new("ones", [.. Enumerable.Repeat(1f, widest)], widest);
        return new(ones, ones, ones, epsilon);
    }
}
