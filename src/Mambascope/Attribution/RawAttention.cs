using System.Numerics;
using Mambascope.Attention;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// Raw attention: what the explained token takes from every token, averaged over channels and layers (Ali, Zimerman and Wolf,
/// section 3.3). Exact mode reads the whole mixer T', paper mode the scan alone.
/// </summary>
public sealed class RawAttention : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "raw";

    /// <inheritdoc/>
    public override string Title => "raw attention";

    /// <inheritdoc/>
    public override string Description => "hidden attention of the explained token, mean over channels and layers";

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
            return OfficialCode.RawAttention(decision, options);
        }

        var view = options.Mode == AttributionMode.Exact ? AttentionView.Block : AttentionView.S6;
        var layers = Layers.OfMamba(decision, options);
        var v = decision.ReadVector();
        var total = Activation<T>.Zeros(decision.Batch, decision.Trace.Length, 1);
        foreach (var layer in layers)
        {
            var row = ReducedRow(decision, layer, view, options, v);
            for (var i = 0; i < total.Rows; i++)
            {
                total.Row(i)[0] += row.Row(i)[0] / T.CreateTruncating(layers.Count);
            }
        }

        return decision.Maps(total);
    }

    private static Activation<T> ReducedRow<T>(Decision<T> decision, MambaLayerTrace<T> layer, AttentionView view, AttributionOptions options, Activation<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var tape = decision.Trace.Tape;
        var rows = tape.Pool.Rent(v.Batch, v.Length, layer.X.Data.Width);
        AttentionProduct.Channels(tape.Workers, tape.Pool, layer, view, ScanDirections.Both, v, rows);
        var reduced = Activation<T>.Zeros(v.Batch, v.Length, 1);
        for (var i = 0; i < rows.Rows; i++)
        {
            reduced.Row(i)[0] = ChannelReductions.Reduce<T>(rows.Row(i), options.Sign ?? SignRule.Keep, options.Reduction);
        }

        tape.Pool.Return(rows);
        return reduced;
    }
}
