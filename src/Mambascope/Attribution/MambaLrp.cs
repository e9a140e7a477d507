using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Models;
using Mambascope.Numerics;

using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// MambaLRP (Jafari, Montavon, Müller and Eberle 2024): layer-wise relevance propagation written as input x gradient with other
/// gradients: every norm's scale, the sigmoid of every SiLU (Φ of every GELU), and Delta, B and C of the scan are held constant, and the
/// gate gives half of its relevance to each factor. LRP-0 on linear layers, biases kept, no stabiliser. In a hybrid the softmax
/// probabilities and the weights of experts are constants too, and a squared ReLU gives its input what it has: with no biases, the
/// relevance of the tokens is the score. Note: other implementations of layer-wise relevance propagation carry patent notices; whoever
/// ships this method should know that.
/// </summary>
public sealed class MambaLrp : TokenRelevance
{
    /// <inheritdoc/>
    public override string Name => "mamba-lrp";

    /// <inheritdoc/>
    public override string Title => "MambaLRP";

    /// <inheritdoc/>
    public override string Description => "layer-wise relevance propagation with the rules of MambaLRP";

    /// <inheritdoc/>
    public override IReadOnlyList<MixerKind> Explains => [MixerKind.Scan];

    /// <inheritdoc/>
    public override IReadOnlyList<MixerKind> Beside => [MixerKind.Softmax];

    /// <inheritdoc/>
    public override bool IsPiecewise => true;

    /// <summary>The rules, for a replay of any Mamba tape.</summary>
    public static RuleSet<T> Rules<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new RuleSet<T>()
            .For<RmsNormOperator<T>>((op, replay, dOutput) => op.Backward(replay, dOutput, holdScale: true))
            .For<LayerNormOperator<T>>((op, replay, dOutput) => op.Backward(replay, dOutput, holdScale: true))
            .For<ProductOperator<T>>((op, replay, dOutput) => op.Backward(replay, dOutput, share: 0.5f))
            .For<SiluOperator<T>>(HeldSigmoid)
            .For<SelectiveScanOperator<T>>(HeldCoefficients)
            .For<ExpertWeightsOperator<T>>((_, _, _) => { })
            .For<ReluSquaredOperator<T>>(HeldFactor);

    /// <summary>The rules of scans, and of attention beside them whose probabilities are constants.</summary>
    internal static RuleSet<T> Hybrid<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Rules<T>().And(ConservativeLrp.Rules<T>());

    private protected override RuleSet<T>? RulesOf<T>() => Hybrid<T>().For<GeluOperator<T>>(HeldGate);

    // y = x σ(x) with σ(x) a constant: dx = dy σ(x).
    private static void HeldSigmoid<T>(SiluOperator<T> op, Replay<T> replay, Activation<T> dOutput)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (replay.Target(op.X) is { } dx)
        {
            Silu.BackwardHeldSigmoid(replay.Workers, op.X.Data, dOutput, dx.Data, dx.Accumulate);
        }
    }

    // y = x max(x, 0) with the second factor a constant.
    private static void HeldFactor<T>(ReluSquaredOperator<T> op, Replay<T> replay, Activation<T> dOutput)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (replay.Target(op.X) is { } dx)
        {
            ReluSquared.BackwardHeldFactor(replay.Workers, op.X.Data, dOutput, dx.Data, dx.Accumulate);
        }
    }

    // y = x Φ(x) with Φ(x) a constant.
    private static void HeldGate<T>(GeluOperator<T> op, Replay<T> replay, Activation<T> dOutput)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (replay.Target(op.X) is { } dx)
        {
            Gelu.BackwardHeldGate(replay.Workers, op.X.Data, dOutput, dx.Data, dx.Accumulate);
        }
    }

    // y = alpha u with alpha a constant: relevance reaches u only. Delta, B and C get none.
    private static void HeldCoefficients<T>(SelectiveScanOperator<T> op, Replay<T> replay, Activation<T> dOutput)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (replay.Target(op.U) is { } du)
        {
            var relevance = replay.Pool.Rent(dOutput.Batch, dOutput.Length, dOutput.Width);
            HiddenAttentionScan.Adjoint(replay.Workers, op.ScanInputs, dOutput, relevance, lastStep: null, op.Memory?.Adjoint);
            Sum.Backward(replay.Workers, relevance, du.Data, du.Accumulate);
            replay.Pool.Return(relevance);
        }
    }
}
