using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// MambaLRP of the state that the scores are read from, not of a score: the replay of <see cref="MambaLrp"/> starts at that state f (behind
/// the last norm) and is seeded with f itself, where the class's row of the head stood. R[j] = sum over d of t[j, d] dS/dt[j, d] with
/// S = ½ Σ f²: the part of the state that comes from token j, projected on the state. It knows no class and has nothing to choose; Σ R is
/// ‖f‖² less what biases carry. What fills the state is mostly the winning class, so its maps are no second opinion beside those of
/// mamba-lrp for the answer.
/// </summary>
public sealed class StateLrp : TokenRelevance
{
    private static readonly MambaLrp propagation = new();

    /// <inheritdoc/>
    public override string Name => "state-lrp";

    /// <inheritdoc/>
    public override string Title => "state LRP";

    /// <inheritdoc/>
    public override string Description => "relevance for the state that the answer is read from, whatever the class (rules of MambaLRP)";

    /// <inheritdoc/>
    public override IReadOnlyList<MixerKind>? Explains => propagation.Explains;

    /// <inheritdoc/>
    public override IReadOnlyList<MixerKind> Beside => propagation.Beside;

    /// <inheritdoc/>
    public override bool IsClassSpecific => false;

    /// <inheritdoc/>
    public override bool IsPiecewise => true;

    private protected override RuleSet<T>? RulesOf<T>() => MambaLrp.Hybrid<T>();

    private protected override Replay<T> Backward<T>(MethodRun<T> run, RuleSet<T> rules)
        => run.Decision.BackwardFromState([run.Trace.Tokens], rules, run.Cancellation);

    private protected override PieceSeed<T> PieceSeed<T>(T[] scores)
        => trace =>
        {
            var state = ReadState.Of(trace);
            return (state, Activation<T>.Of(state.Data.ToArray(), 1, 1, state.Data.Width));
        };
}
