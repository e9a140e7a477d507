using System.Numerics;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Attribution;

/// <summary>
/// Layer-wise relevance propagation all the way to the pixels (Binder et al. 2016 for the idea; rules of <see cref="TransformerRelevance"/>),
/// summed over colour channels: a map of the image's size. In double precision in any case: the rules divide by sums near zero.
/// </summary>
public sealed class FullLrp : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "full-lrp";

    /// <inheritdoc/>
    public override string Title => "full LRP";

    /// <inheritdoc/>
    public override string Description => "relevance of every pixel, layer by layer from the class";

    /// <inheritdoc/>
    public override LayerKinds Explains => LayerKinds.Attention;

    /// <inheritdoc/>
    public override bool IsClassSpecific => true;

    /// <inheritdoc/>
    public override bool ExplainsContrasts => false;

    /// <inheritdoc/>
    public override bool RunsModel => true;

    /// <inheritdoc/>
    public override string? Form(AttributionOptions options) => TransformerRelevance.Form(options);

    /// <inheritdoc/>
    public override IReadOnlyList<RelevanceMap<T>> Explain<T>(Decision<T> decision, IModel model, AttributionOptions options)
    {
        decision.RefuseContrast(Name);
        return [.. Explain(decision.InDouble(model), options).Select(map => map.To<T>())];
    }

    private static IReadOnlyList<RelevanceMap<double>> Explain(Decision<double> decision, AttributionOptions options)
    {
        if (decision.Trace.Grid is not { } grid)
        {
            throw new BadInputException("full-lrp propagates to pixels, and this model reads text; use transformer-attribution or lrp-rollout");
        }

        using var replay = decision.Backward([decision.Trace.Input], TransformerRelevance.PixelRules(decision.Trace, options.LrpVariant));
        var relevance = replay[decision.Trace.Input];
        return [.. Enumerable.Range(0, decision.Batch).Select(item => RelevanceMap<double>.Of(OverChannels(relevance.Item(item), grid), grid.ImageHeight, grid.ImageWidth) with { IsPixelwise = true })];
    }

    // Planes lie one below the other: (channels * height, width).
    private static double[] OverChannels(Activation<double> planes, PatchGrid grid)
    {
        var sums = new double[grid.ImageHeight * grid.ImageWidth];
        for (var row = 0; row < planes.Length; row++)
        {
            var from = planes.Row(row);
            var to = sums.AsSpan(row % grid.ImageHeight * grid.ImageWidth, grid.ImageWidth);
            for (var x = 0; x < to.Length; x++)
            {
                to[x] += from[x];
            }
        }

        return sums;
    }
}
