using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Models;

using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// Conservative propagation (Ali et al., ICML 2022): input x gradient at the first block's input, with the softmax probabilities and the
/// reciprocal standard deviation of every layer norm held constant (its mean is not), so that relevance is conserved up to biases.
/// LRP-0 on linear layers (gamma 0). RMS norms, gated MLPs and experts follow the rules of <see cref="MambaLrp"/>.
/// </summary>
public sealed class ConservativeLrp : TokenRelevance
{
    /// <inheritdoc/>
    public override string Name => "cp-lrp";

    /// <inheritdoc/>
    public override string Title => "CP-LRP";

    /// <inheritdoc/>
    public override string Description => "conservative propagation: softmax and layer norm held constant";

    /// <inheritdoc/>
    public override IReadOnlyList<MixerKind> Explains => [MixerKind.Softmax];

    /// <summary>The rules, for a replay of any transformer's tape.</summary>
    public static RuleSet<T> Rules<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new RuleSet<T>()
            .For<LayerNormOperator<T>>((op, replay, dOutput) => op.Backward(replay, dOutput, holdScale: true))
            .For<AttentionProbabilitiesOperator<T>>((_, _, _) => { });

    private protected override RuleSet<T>? RulesOf<T>() => Rules<T>().And(MambaLrp.Rules<T>());
}
