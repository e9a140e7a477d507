using Mambascope.Attention;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>The three forms in which each method of the paper exists; kept apart in every report.</summary>
public enum AttributionMode
{
    /// <summary>What the equations need to be exact: whole mixer, all layers, gradient times contribution per channel.</summary>
    Exact,

    /// <summary>What the paper's equations say.</summary>
    Paper,

    /// <summary>What the released code computes, artefacts included. Vision Mamba only.</summary>
    Official,
}

/// <summary>The two sets of relevance rules for transformers in use.</summary>
public enum LrpVariant
{
    /// <summary>
    /// Those of Transformer-Attribution: relevance of both branches of a residual sum rescaled to its share (Chefer, Gur and Wolf 2021).
    /// </summary>
    Rescaled,

    /// <summary>
    /// Those that its authors compare with as LRP: positive and negative parts of linear layers divided apart, sums not rescaled.
    /// </summary>
    Original,
}

/// <summary>How the rows of a layer's matrix are scaled before layers are multiplied.</summary>
public enum RowNormalisation
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Each row of (residual + matrix) divided by the sum of its absolute values.</summary>
    L1,
}

/// <summary>What the input at a token is compared with before relevance is read off: e - mean(e) in place of the token.</summary>
public enum InputReference
{
    /// <summary>Nothing: the token as the first block reads it.</summary>
    None,

    /// <summary>The mean patch of the picture, before positions are added; the class token and positions get nothing.</summary>
    PictureMean,

    /// <summary>The mean token of the text, up to the explained one.</summary>
    TextMean,
}

/// <summary>What to explain, and how. Null means the method's own default.</summary>
public sealed record AttributionOptions
{
    /// <summary>Form of the paper's methods.</summary>
    public AttributionMode Mode { get; init; } = AttributionMode.Exact;

    /// <summary>
    /// The mixers of a hybrid that take part, by the definitions of models that have no others; null for all, on one scale.
    /// </summary>
    public MixerKind? Kind { get; init; }

    /// <summary>First layer that takes part, from 0. Default 0; official mode floor(15 depth / 24).</summary>
    public int? StartLayer { get; init; }

    /// <summary>The one stage whose layers take part, from 0, on its own grid of tokens; null for all.</summary>
    public int? Stage { get; init; }

    /// <summary>How channels become one.</summary>
    public ChannelReduction Reduction { get; init; } = ChannelReduction.Mean;

    /// <summary>Sign rule; default keep for attention methods, clamp for Mamba-Attribution.</summary>
    public SignRule? Sign { get; init; }

    /// <summary>Row scaling of rollout products.</summary>
    public RowNormalisation RowNormalisation { get; init; } = RowNormalisation.None;

    /// <summary>Weight of the identity in rollout products: residual stream against mixer.</summary>
    public double ResidualWeight { get; init; } = 1;

    /// <summary>Relevance rules of partial-lrp and full-lrp.</summary>
    public LrpVariant LrpVariant { get; init; }

    /// <summary>What the input is compared with, of methods that propagate relevance to the first block's input.</summary>
    public InputReference Reference { get; init; }

    /// <summary>
    /// Steps of integrated gradients; null for as many as it takes until the map adds up (<see cref="IntegratedGradients"/>).
    /// </summary>
    public int? Steps { get; init; }

    /// <summary>Samples of SmoothGrad.</summary>
    public int Samples { get; init; } = 32;

    /// <summary>Standard deviation of SmoothGrad's noise as a share of the input's range.</summary>
    public double Noise { get; init; } = 0.15;

    /// <summary>Seed of what is drawn: SmoothGrad's noise, the subsets of KernelSHAP.</summary>
    public int Seed { get; init; }

    /// <summary>The most forward passes of a method that removes parts of the input; null for the method's own number.</summary>
    public int? Budget { get; init; }

    /// <summary>What such a method removes as one: squares of so many patches a side, or runs of so many tokens.</summary>
    public int Segment { get; init; } = 1;

    /// <summary>True when nothing but layers and residual weight differs from the linear case, so that no matrix need be formed.</summary>
    internal bool IsLinear
        => Reduction == ChannelReduction.Mean && (Sign ?? SignRule.Keep) == SignRule.Keep && RowNormalisation == RowNormalisation.None;
}
