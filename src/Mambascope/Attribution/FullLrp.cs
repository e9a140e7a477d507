using System.Numerics;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Attribution;

/// <summary>
/// Layer-wise relevance propagation all the way to the pixels (Binder et al. 2016 for the idea; rules of
/// <see cref="TransformerRelevance"/>), summed over colour channels: a map of the image's size. In double precision in any case: the rules
/// divide by sums near zero.
/// </summary>
public sealed class FullLrp : TransformerLrp
{
    /// <inheritdoc/>
    public override string Name => "full-lrp";

    /// <inheritdoc/>
    public override string Title => "full LRP";

    /// <inheritdoc/>
    public override string Description => "relevance of every pixel, layer by layer from the class";

    private protected override IReadOnlyList<RelevanceMap<double>> Propagate(MethodRun<double> run)
    {
        var (decision, options) = (run.Decision, run.Options);
        if (run.Trace.Grid is not { } grid)
        {
            throw new BadInputException(
                "full-lrp propagates to pixels, and this model reads text; use transformer-attribution or lrp-rollout");
        }

        using var replay = run.Backward([run.Trace.Input], TransformerRelevance.PixelRules(run.Trace, options.LrpVariant));
        var relevance = replay[run.Trace.Input];
        return
        [
            .. Enumerable
                .Range(0, decision.Batch)
                .Select(item =>
                    RelevanceMap<double>.Of(OverChannels(relevance.Item(item), grid), grid.ImageHeight, grid.ImageWidth) with
                    {
                        IsPixelwise = true,
                    }),
        ];
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
