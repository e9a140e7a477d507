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
/// Of a hybrid's softmax attention the matrix is that of <see cref="GenericAttention"/>; all are on one scale (<see cref="MixedKinds"/>).
/// </summary>
public sealed class MambaAttribution : AttributionMethod
{
    private readonly bool isHybrid;

    /// <summary>The method for models with scans.</summary>
    public MambaAttribution() { }

    private MambaAttribution(ModelShape model) => isHybrid = MixedKinds.IsHybrid(model);

    /// <inheritdoc/>
    public override string Name => "attribution";

    /// <inheritdoc/>
    public override string Title => "Mamba-Attribution";

    /// <inheritdoc/>
    public override string Description => "rollout weighted by the gradient of the explained class (Mamba-Attribution)";

    /// <inheritdoc/>
    public override IReadOnlyList<MixerKind> Explains => [MixerKind.Scan];

    /// <inheritdoc/>
    public override IReadOnlyList<MixerKind> Beside => [MixerKind.Softmax];

    /// <inheritdoc/>
    public override IReadOnlyList<AttributionOption> Options => isHybrid
        ? [AttributionOption.Mode, AttributionOption.StartLayer, AttributionOption.ResidualWeight, AttributionOption.Kind]
        :
        [
            AttributionOption.Mode, AttributionOption.StartLayer, AttributionOption.Reduction, AttributionOption.Sign,
            AttributionOption.RowNormalisation, AttributionOption.ResidualWeight, AttributionOption.Kind,
        ];

    /// <inheritdoc/>
    public override AttributionMethod For(ModelShape model) => new MambaAttribution(model);

    /// <inheritdoc/>
    public override string? Caution(AttributionOptions options, ModelInput reads) => reads switch
    {
        ModelInput.Pictures => "stripes come from the architecture (0.67 left with shuffled weights)",
        ModelInput.Text => "in part architecture (0.48 left with shuffled weights)",
        _ => null,
    };

    /// <inheritdoc/>
    public override bool IsClassSpecific => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
    {
        var mode = run.Options.Mode;
        if (mode == AttributionMode.Official)
        {
            return OfficialCode.Attribution(run);
        }

        if (run.Trace.IsStaged)
        {
            return RolloutProduct.MapsOfLayers(run, LayerChoice.Of(run.Trace.Layers, run.Options), (layer, item) =>
                Of(run, run.Trace.Layers[layer].Mixers.Single(), item));
        }

        return MixedKinds.Of(run.Model.Shape, run.Options) is { } mixed
            ? RolloutProduct.Maps(
                run,
                [
                    .. LayerChoice.Of(run.Trace.Layers, run.Options)
                        .Select(layer => mixed.Of(run.Trace.Layers[layer]))
                        .Where(mixers => mixers.Count > 0),
                ],
                (mixers, item) => Joined([.. mixers.Select(mixer => Of(run, mixer, item))]))
            : RolloutProduct.Maps(
                run,
                LayerChoice.Mixers<ScanMixerTrace<T>, T>(run.Trace, run.Options),
                (mixer, item) => Of(run, mixer, item));

        AttentionMatrix<T> Joined(IReadOnlyList<AttentionMatrix<T>> matrices)
            => run.Options.Kind is null ? MixedKinds.ScaledSum(matrices) : MixedKinds.Sum(matrices);
    }

    /// <summary>C of a mixer: what it adds to the identity, not brought to any scale.</summary>
    internal static AttentionMatrix<T> Of<T>(MethodRun<T> run, MixerTrace<T> mixer, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => mixer switch
        {
            ScanMixerTrace<T> scans => run.Options.Mode == AttributionMode.Exact
                ? Contribution(run, scans, item)
                : WeightedMean(run, scans, item),
            SoftmaxMixerTrace<T> softmax => AttentionRows.PositiveMean(
                softmax, softmax.Attention.Data.Item(item), run.GradientsOfLayers[softmax.Attention].Item(item)),
            _ => throw new BadInputException($"attribution has no account of {mixer.Shape.Kind.Noun}"),
        };

    // A head that reads the mean over tokens of a stage puts 1 / L into every gradient, and the explained row has it already.
    private static double Weight<T>(MethodRun<T> run, ScanMixerTrace<T> mixer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => run.Trace.IsStaged ? mixer.Share * mixer.X.Data.Length : 1;

    /// <summary>What one layer adds to the identity in exact mode.</summary>
    internal static AttentionMatrix<T> Contribution<T>(MethodRun<T> run, ScanMixerTrace<T> mixer, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        MatrixRequest<T> request = new()
        {
            View = AttentionView.BeforeGate,
            Sign = run.Options.Sign ?? SignRule.Clamp,
            Reduction = run.Options.Reduction,
            RowWeights = run.GradientsOfLayers[mixer.Skipped],
            ColumnWeights = mixer.X.Data,
        };
        return MatrixReduction.Reduce(run.Trace.Tape.Workers, mixer, item, request, run.Cancellation).Times(Weight(run, mixer));
    }

    /// <summary>
    /// The same in paper mode: the sign rule acts after the mean over channels and on the weighted product, as in the equation.
    /// </summary>
    internal static AttentionMatrix<T> WeightedMean<T>(MethodRun<T> run, ScanMixerTrace<T> mixer, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        MatrixRequest<T> request = new() { View = AttentionView.S6, Reduction = run.Options.Reduction };
        var matrix = MatrixReduction.Reduce(run.Trace.Tape.Workers, mixer, item, request, run.Cancellation);
        var s = TokenGradient(run.GradientsOfLayers, mixer, item);
        for (var i = 0; i < matrix.Length; i++)
        {
            var row = matrix.Row(i);
            for (var j = 0; j < row.Length; j++)
            {
                row[j] = SignRules.Apply(run.Options.Sign ?? SignRule.Clamp, row[j] * s[j]);
            }
        }

        return matrix.Times(Weight(run, mixer));
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
