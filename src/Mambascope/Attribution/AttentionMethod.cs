using System.Numerics;
using Mambascope.Attention;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// What raw attention and rollout share: a row of token-mixing matrices, of whatever kind the mixers are. Scans come in modes (the whole
/// mixer, the scan alone, the released code), softmax attention has one form.
/// </summary>
public abstract class AttentionMethod : AttributionMethod
{
    private readonly bool isSoftmax;
    private readonly bool isHybrid;

    private protected AttentionMethod(ModelShape? model)
    {
        isSoftmax = model?.IsOnly(MixerKind.Softmax) ?? false;
        isHybrid = model is not null && MixedKinds.IsHybrid(model);
        HasStages = model?.HasStages ?? false;
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<AttributionOption> Options
        => isSoftmax ? [.. OfSoftmax, AttributionOption.Kind]
        : isHybrid ? [AttributionOption.Mode, .. OfSoftmax, AttributionOption.Kind]
        : [AttributionOption.Mode, .. OfScans, AttributionOption.Kind];

    /// <inheritdoc/>
    public sealed override bool IsClassSpecific => false;

    /// <inheritdoc/>
    public sealed override bool IsPiecewise => !isSoftmax && !isHybrid;

    /// <inheritdoc/>
    public sealed override string? Caution(AttributionOptions options, ModelInput reads)
    {
        ArgumentNullException.ThrowIfNull(options);
        return isSoftmax ? null
            : options.Mode == AttributionMode.Official ? "no better than a blob in the middle of the picture in our tables"
            : reads == ModelInput.Series ? null
            : options.Sign == SignRule.Absolute ? "mostly architecture (0.70 left with shuffled weights)"
            : "at noise level in our tables";
    }

    /// <inheritdoc/>
    public sealed override AttributionMethod For(ModelShape model) => With(model);

    /// <summary>Whether the model has softmax attention only.</summary>
    private protected bool IsSoftmax => isSoftmax;

    /// <summary>Whether the model joins tokens between stages.</summary>
    private protected bool HasStages { get; }

    /// <summary>Whether the model has scans and softmax attention.</summary>
    private protected bool IsHybrid => isHybrid;

    /// <summary>Options beside the mode where there are scans.</summary>
    private protected abstract IReadOnlyList<AttributionOption> OfScans { get; }

    /// <summary>Options where there is softmax attention only; beside the mode, those of a hybrid too.</summary>
    private protected abstract IReadOnlyList<AttributionOption> OfSoftmax { get; }

    /// <summary>Which part of a mixer a mode reads.</summary>
    internal static AttentionView View(AttributionOptions options)
        => options.Mode == AttributionMode.Exact ? AttentionView.Block : AttentionView.S6;

    /// <summary>The map as a value per token, (Batch, L, 1), where no matrix is needed.</summary>
    /// <param name="walk">Layers and products.</param>
    /// <param name="options">How.</param>
    /// <param name="isFromEnd">
    /// Whether layers are taken from the last to the first, as pieces of a text need it; sums differ by rounding only.
    /// </param>
    internal abstract Activation<T> Row<T>(LayerWalk<T> walk, AttributionOptions options, bool isFromEnd)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    internal sealed override PiecewiseMap<T> InPieces<T>(AttributionOptions options, T[] seed) => new PiecewiseAttention<T>(this, options);

    private protected abstract AttentionMethod With(ModelShape model);

    /// <summary>The walk of the explained token's row through the layers that take part.</summary>
    private protected static LayerWalk<T> Walk<T>(MethodRun<T> run, MixerProduct<T> product)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var done = 0;
        return new(
            run.Trace,
            LayerChoice.Of(run.Trace.Layers, run.Options),
            run.Decision.ReadVector,
            (layer, mixer, mixing, v) =>
            {
                run.Step(Math.Min(done++, run.Trace.Layers.Count), run.Trace.Layers.Count);
                return product(layer, mixer, mixing, v);
            },
            MixedKinds.Of(run.Model.Shape, run.Options));
    }
}
