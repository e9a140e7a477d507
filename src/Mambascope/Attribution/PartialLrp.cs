using Mambascope.Attention;
using Mambascope.Models;

namespace Mambascope.Attribution;

/// <summary>
/// Partial LRP (Voita et al. 2019, as in Chefer, Gur and Wolf 2021): relevance is propagated to the last layer's attention only; positive
/// part, mean over heads, the explained token's row. Rules of <see cref="TransformerRelevance"/>.
/// </summary>
public sealed class PartialLrp : TransformerLrp
{
    /// <inheritdoc/>
    public override string Name => "partial-lrp";

    /// <inheritdoc/>
    public override string Title => "partial LRP";

    /// <inheritdoc/>
    public override string Description => "relevance of the last layer's attention";

    private protected override IReadOnlyList<RelevanceMap<double>> Propagate(MethodRun<double> run)
    {
        var (decision, options) = (run.Decision, run.Options);
        var last = run.Trace.SoftmaxMixers[^1];
        using var relevance = run.Backward([last.Attention], TransformerRelevance.Rules(options.LrpVariant));
        var v = decision.ReadVector();
        return [.. Enumerable.Range(0, decision.Batch).Select(item =>
            decision.Map(AttentionRows.Combine(
                v.Item(item), AttentionRows.PositiveMean(run.Trace.Tape.Workers, last, relevance[last.Attention].Item(item)))))];
    }
}
