using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// Grad-CAM (Selvaraju et al. 2017) on the tokens that enter the last layer: channels weighted by the mean of the score's gradient over the
/// tokens that are shown, added up, positive part. Tokens behind the last layer would not do: a class token has read them by then.
/// </summary>
public sealed class GradCam : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "grad-cam";

    /// <inheritdoc/>
    public override string Title => "Grad-CAM";

    /// <inheritdoc/>
    public override string Description => "channels in front of the last layer, weighted by their mean gradient; positive part";

    /// <inheritdoc/>
    public override bool IsClassSpecific => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
    {
        if (run.Trace.IsStaged)
        {
            return ClassActivation.GradCam(run); // there is no class token: the last stage has the map
        }

        var (decision, trace) = (run.Decision, run.Trace);
        var at = trace.Layers.Count - 1;
        var (last, layout) = (trace.Layers[at].Input, trace.Layers[at].Layout);
        using var replay = run.Backward([last], rules: null);
        var gradient = replay[last];
        // Of a text, tokens behind the explained one have no part in it.
        int[] shown = [.. layout.Shown.Where(t => trace.IsClassifier || t <= decision.Token)];
        var map = Activation<T>.Zeros(decision.Batch, layout.Length, 1);
        for (var item = 0; item < decision.Batch; item++)
        {
            var weights = new T[gradient.Width];
            foreach (var t in shown)
            {
                for (var d = 0; d < weights.Length; d++)
                {
                    weights[d] += gradient.Row(item, t)[d] / T.CreateTruncating(shown.Length);
                }
            }

            foreach (var t in shown)
            {
                var row = last.Data.Row(item, t);
                var sum = T.Zero;
                for (var d = 0; d < weights.Length; d++)
                {
                    sum += weights[d] * row[d];
                }

                map.Row(item, t)[0] = T.Max(sum, T.Zero);
            }
        }

        return decision.Maps(LayerWalk.ToFirst(trace.Layers, at, map));
    }
}
