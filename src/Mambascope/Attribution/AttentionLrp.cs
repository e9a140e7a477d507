using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Models;
using Mambascope.Numerics;

using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// AttnLRP (Achtibat et al. 2024) as input x gradient at the first block's input with other gradients: products of attention give half of
/// their relevance to each factor, the softmax keeps its own derivative, the reciprocal standard deviation of layer norms is held constant
/// and GELU passes relevance unchanged (its gate Φ(x) is a constant). No stabiliser, gamma 0. RMS norms, gated MLPs, experts and, in a
/// hybrid, scans follow the rules of <see cref="MambaLrp"/>.
/// </summary>
public sealed class AttentionLrp : TokenRelevance
{
    /// <inheritdoc/>
    public override string Name => "attn-lrp";

    /// <inheritdoc/>
    public override string Title => "AttnLRP";

    /// <inheritdoc/>
    public override string Description => "relevance through softmax too, layer by layer";

    /// <inheritdoc/>
    public override IReadOnlyList<MixerKind> Explains => [MixerKind.Softmax];

    /// <inheritdoc/>
    public override IReadOnlyList<MixerKind> Beside => [MixerKind.Scan];

    /// <summary>The rules, for a replay of any transformer's tape.</summary>
    public static RuleSet<T> Rules<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new RuleSet<T>()
            .For<LayerNormOperator<T>>((op, replay, dOutput) => op.Backward(replay, dOutput, holdScale: true))
            .For<AttentionProbabilitiesOperator<T>>((op, replay, dOutput) => op.Backward(replay, dOutput, share: 0.5f))
            .For<AttentionMixOperator<T>>((op, replay, dOutput) => op.Backward(replay, dOutput, share: 0.5f))
            .For<GeluOperator<T>>(HeldGate)
            .For<GeluTanhOperator<T>>(HeldGate);

    private protected override RuleSet<T>? RulesOf<T>() => Rules<T>().And(MambaLrp.Rules<T>());

    // y = x Φ(x) with Φ(x) a constant.
    private static void HeldGate<T>(GeluOperator<T> op, Replay<T> replay, Activation<T> dOutput)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (replay.Target(op.X) is { } dx)
        {
            Gelu.BackwardHeldGate(replay.Workers, op.X.Data, dOutput, dx.Data, dx.Accumulate);
        }
    }

    private static void HeldGate<T>(GeluTanhOperator<T> op, Replay<T> replay, Activation<T> dOutput)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (replay.Target(op.X) is { } dx)
        {
            GeluTanh.BackwardHeldGate(replay.Workers, op.X.Data, dOutput, dx.Data, dx.Accumulate);
        }
    }
}
