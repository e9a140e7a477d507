using Mambascope.Models.Mixers;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// Mamba-2 language model (Dao and Gu 2024, arXiv 2405.21060), as in state-spaces/mamba mamba2.py and in Hugging Face's modeling_mamba2.py.
/// Only a forward pass: the tape gives gradients, the trace gives every quantity that is explained.
/// <code>
/// B batch    L tokens    d width of the residual stream    E inner width
/// H heads of P = E / H channels    G groups of heads    N states    K conv taps
/// r residual stream (B, L, d)            z, [x B C], step: branches of in_proj
/// [p ..] conv output of [x B C], silu of it: u scan input (B, L, E), B, C coefficients (B, L, G N)
/// Δ step size (B, L, H)     y scan output
/// r = r + out_proj( rms( (y + D u) ⊙ silu(z) ) )( rms(r) );   logits = head( rms(r) )
/// </code>
/// </summary>
public sealed partial class Mamba2 : LanguageModel
{
    /// <summary>Builds the model around its weights.</summary>
    internal Mamba2(Mamba2Config config, Mamba2Weights weights)
        : base(Layers(config, weights), new(weights.FinalNorm, Bias: null, config.NormEpsilon))
    {
        Config = config;
        Weights = weights;
    }

    /// <summary>Sizes.</summary>
    public Mamba2Config Config { get; }

    /// <summary>Weights.</summary>
    internal Mamba2Weights Weights { get; }

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

    private static Backbone Layers(Mamba2Config config, Mamba2Weights weights)
        => new(weights.Blocks.Select(w => (IReadOnlyList<ResidualBranch>)
        [
            new(new Norm(w.Norm, Bias: null, config.NormEpsilon), new HeadScanMixer(
                new(w.InProj, w.InBias, w.Conv, w.ConvBias, w.DtBias, w.ALog, w.D, w.OutProj, w.OutBias),
                config.Groups, config.LeastStep, config.GreatestStep, new(w.GatedNorm, config.NormEpsilon, config.NormGroups))),
        ]));
}
