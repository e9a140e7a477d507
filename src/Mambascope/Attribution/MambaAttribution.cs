using System.Numerics;
using Mambascope.Attention;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// Mamba-Attribution: a rollout weighted by the gradient of the explained class (Ali, Zimerman and Wolf, equation 24).
/// Paper mode: I + (mean_e alpha · diag(s))+ with s[j] the mean over channels of the gradient at the mixer's output.
/// Exact mode: I + mean_e (g[i, e] T'[e, i, j] x[j, e])+ with g the gradient at the gated output: gradient times contribution, clamped
/// in every channel, as Transformer-Attribution does for every head. The gate is taken into g, which is then the gradient at y + D u:
/// the same product, and right for Mamba-2 too, whose gate has a norm.
/// </summary>
public sealed class MambaAttribution : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "attribution";

    /// <inheritdoc/>
    public override string Title => "Mamba-Attribution";

    /// <inheritdoc/>
    public override string Description => "rollout weighted by the gradient of the explained class (Mamba-Attribution)";

    /// <inheritdoc/>
    public override IReadOnlyList<MixerKind> Explains => [MixerKind.Scan];

    /// <inheritdoc/>
    public override IReadOnlyList<AttributionOption> Options =>
    [
        AttributionOption.Mode, AttributionOption.StartLayer, AttributionOption.Reduction, AttributionOption.Sign,
        AttributionOption.RowNormalisation, AttributionOption.ResidualWeight,
    ];

    /// <inheritdoc/>
    public override string Caution
        => "much of its map is the architecture's and hardly depends on the weights (evaluate sanity): stripes beside the class token come "
            + "from the skip through the convolution";

    /// <inheritdoc/>
    public override bool IsClassSpecific => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
    {
        var mode = run.Options.Mode;
        return mode == AttributionMode.Official
            ? OfficialCode.Attribution(run)
            : RolloutProduct.Maps(
                run,
                LayerChoice.Mixers<ScanMixerTrace<T>, T>(run.Trace, run.Options),
                (mixer, item) => mode == AttributionMode.Exact ? Contribution(run, mixer, item) : WeightedMean(run, mixer, item));
    }

    /// <summary>What one layer adds to the identity in exact mode.</summary>
    internal static AttentionMatrix<T> Contribution<T>(MethodRun<T> run, ScanMixerTrace<T> mixer, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        MatrixRequest<T> request = new()
        {
            View = AttentionView.BeforeGate,
            Sign = run.Options.Sign ?? SignRule.Clamp,
            Reduction = run.Options.Reduction,
            RowWeights = run.Gradients[mixer.Skipped],
            ColumnWeights = mixer.X.Data,
        };
        return MatrixReduction.Reduce(run.Trace.Tape.Workers, mixer, item, request, run.Cancellation);
    }

    // The sign rule acts after the mean over channels and on the weighted product, as in the equation.
    private static AttentionMatrix<T> WeightedMean<T>(MethodRun<T> run, ScanMixerTrace<T> mixer, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        MatrixRequest<T> request = new() { View = AttentionView.S6, Reduction = run.Options.Reduction };
        var matrix = MatrixReduction.Reduce(run.Trace.Tape.Workers, mixer, item, request, run.Cancellation);
        var s = TokenGradient(run.Gradients, mixer, item);
        for (var i = 0; i < matrix.Length; i++)
        {
            var row = matrix.Row(i);
            for (var j = 0; j < row.Length; j++)
            {
                row[j] = SignRules.Apply(run.Options.Sign ?? SignRule.Clamp, row[j] * s[j]);
            }
        }

        return matrix;
    }

    // s[j] = mean over d of the gradient at the mixer's output.
    private static T[] TokenGradient<T>(Replay<T> gradients, ScanMixerTrace<T> mixer, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var gradient = gradients[mixer.Output];
        return
        [
            .. Enumerable
                .Range(0, gradient.Length)
                .Select(t => ChannelReductions.Reduce<T>(gradient.Row(item, t), SignRule.Keep, ChannelReduction.Mean)),
        ];
    }
}
