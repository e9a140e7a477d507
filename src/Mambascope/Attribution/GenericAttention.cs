using Mambascope.Attention;
using Mambascope.Models;

using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// Generic attention explainability (Chefer, Gur and Wolf, ICCV 2021) for self-attention: R = R + mean over heads of (gradient of A ⊙ A)+
/// R, layer after layer from R = I; the explained token's row.
/// </summary>
public sealed class GenericAttention : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "generic-attention";

    /// <inheritdoc/>
    public override string Description => "attention times its gradient, multiplied through all layers";

    /// <inheritdoc/>
    public override IReadOnlyList<MixerKind> Explains => [MixerKind.Softmax];

    /// <inheritdoc/>
    public override IReadOnlyList<AttributionOption> Options
        => [AttributionOption.StartLayer, AttributionOption.RowNormalisation, AttributionOption.ResidualWeight];

    /// <inheritdoc/>
    public override bool IsClassSpecific => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
        => RolloutProduct.Maps(
            run,
            LayerChoice.Mixers<SoftmaxMixerTrace<T>, T>(run.Trace, run.Options),
            (mixer, item) => AttentionRows.PositiveMean(
                mixer, mixer.Attention.Data.Item(item), run.GradientsOfLayers[mixer.Attention].Item(item)));
}
