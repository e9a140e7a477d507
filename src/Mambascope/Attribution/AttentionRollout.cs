using System.Numerics;
using Mambascope.Attention;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// Attention rollout: the explained token's row of the product over layers of (I + mean over channels of M), later layers from the
/// left (Abnar and Zuidema 2020; Ali, Zimerman and Wolf, equations 21 and 22). M is the whole mixer T' in exact mode, the scan's alpha
/// in paper mode. With the default options no matrix is formed: each layer is one adjoint scan.
/// </summary>
public sealed class AttentionRollout : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "rollout";

    /// <inheritdoc/>
    public override string Title => "attention rollout";

    /// <inheritdoc/>
    public override string Description => "hidden attention multiplied through all layers";

    /// <inheritdoc/>
    public override LayerKinds Explains => LayerKinds.Mamba;

    /// <inheritdoc/>
    public override bool HasModes => true;

    /// <inheritdoc/>
    public override bool IsClassSpecific => false;

    /// <inheritdoc/>
    public override IReadOnlyList<RelevanceMap<T>> Explain<T>(Decision<T> decision, IModel model, AttributionOptions options)
    {
        if (options.Mode == AttributionMode.Official)
        {
            return OfficialCode.Rollout(decision, options);
        }

        var view = options.Mode == AttributionMode.Exact ? AttentionView.Block : AttentionView.S6;
        var layers = Layers.OfMamba(decision, options);
        var tape = decision.Trace.Tape;
        var v = decision.ReadVector();
        foreach (var layer in layers.Reverse())
        {
            v = options.IsLinear
                ? RolloutProduct.Step(v, AttentionProduct.Mean(tape.Workers, tape.Pool, layer, view, ScanDirections.Both, v), options)
                : RolloutProduct.Step(v, Matrices(decision, layer, view, options), options);
        }

        return decision.Maps(v);
    }

    private static AttentionMatrix<T>[] Matrices<T>(Decision<T> decision, MambaLayerTrace<T> layer, AttentionView view, AttributionOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var request = new MatrixRequest<T> { View = view, Sign = options.Sign ?? SignRule.Keep, Reduction = options.Reduction };
        return [.. Enumerable.Range(0, decision.Batch).Select(item => MatrixReduction.Reduce(decision.Trace.Tape.Workers, layer, item, request))];
    }
}
