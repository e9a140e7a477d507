using Mambascope.Attention;
using Mambascope.Models;

using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// The explained token's row of the last layer's softmax probabilities, averaged over heads.
/// </summary>
public sealed class TransformerRawLast : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "raw-last";

    /// <inheritdoc/>
    public override string Title => "attention, last layer";

    /// <inheritdoc/>
    public override string Description => "attention of the explained token in the last layer, mean over heads";

    /// <inheritdoc/>
    public override IReadOnlyList<MixerKind> Explains => [MixerKind.Softmax];

    /// <inheritdoc/>
    public override bool IsClassSpecific => false;

    /// <inheritdoc/>
    protected override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
        => run.Decision.Maps(AttentionRows.Mean(run.Trace.SoftmaxMixers[^1], run.Decision.ReadVector()));
}
