using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// HiResCAM (Draelos and Carin 2020) of models whose head reads the mean over tokens of a last stage: channels of what is averaged times
/// the gradient at each token, added up, positive part, on the grid of that stage. Without the positive part the map and the head's bias
/// add up to the score.
/// </summary>
public sealed class HiResCam : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "hires-cam";

    /// <inheritdoc/>
    public override string Title => "HiResCAM";

    /// <inheritdoc/>
    public override string Description => "what the head averages times its gradient, on the grid of the last stage; positive part";

    /// <inheritdoc/>
    public override bool IsClassSpecific => true;

    /// <inheritdoc/>
    public override string? WhyNot(ModelShape model)
        => model.HasStages ? null : $"method {Name} explains models with stages, whose head reads a mean over tokens; this model has none";

    /// <inheritdoc/>
    protected override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run) => ClassActivation.HiResCam(run);
}
