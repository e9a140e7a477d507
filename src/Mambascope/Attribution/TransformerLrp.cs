using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// What the methods on the rules of <see cref="TransformerRelevance"/> share: softmax attention only, one class, and double precision in
/// any case, since the rules divide by sums near zero.
/// </summary>
public abstract class TransformerLrp : AttributionMethod
{
    private protected TransformerLrp()
    {
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<MixerKind> Explains => [MixerKind.Softmax];

    /// <inheritdoc/>
    public sealed override string? WhyNot(ModelShape model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return base.WhyNot(model) ?? (model.HasRmsNorms
            ? $"method {Name} has rules for transformers with layer norms and plain MLPs, this model has RMS norms"
            : null);
    }

    /// <inheritdoc/>
    public sealed override bool IsClassSpecific => true;

    /// <inheritdoc/>
    public sealed override bool ExplainsContrasts => false;

    /// <inheritdoc/>
    public sealed override bool RunsModel => true;

    /// <inheritdoc/>
    public override IReadOnlyList<AttributionOption> Options => [AttributionOption.LrpVariant];

    /// <inheritdoc/>
    public override IReadOnlyList<AttributionOptions> Forms => [new(), new() { LrpVariant = LrpVariant.Original }];

    /// <inheritdoc/>
    public sealed override string? Form(AttributionOptions options) => TransformerRelevance.Form(options);

    /// <inheritdoc/>
    protected sealed override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
    {
        run.Decision.RefuseContrast(Name);
        return [.. Propagate(run.InDouble()).Select(map => map.To<T>())];
    }

    /// <summary>The maps, from a run in double precision.</summary>
    private protected abstract IReadOnlyList<RelevanceMap<double>> Propagate(MethodRun<double> run);
}
