using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Numerics;

namespace Mambascope.Attribution;

/// <summary>
/// Class activation maps of models with stages, on the grid of the last one: channels of what the head reads, weighted by gradients and
/// added up, positive part.
/// </summary>
internal static class ClassActivation
{
    /// <summary>
    /// Grad-CAM (Selvaraju et al. 2017) behind the last layer, in front of the head's norm: one weight a channel, its mean gradient over
    /// tokens.
    /// </summary>
    public static IReadOnlyList<RelevanceMap<T>> GradCam<T>(MethodRun<T> run)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Map(run, run.Trace.Layers[^1].Output, isMean: true);

    /// <summary>
    /// HiResCAM (Draelos and Carin 2020) of what is averaged over tokens, behind the norm: every token with gradients of its own. In front
    /// of a layer norm, which does not see the length of a token, it would be zero everywhere.
    /// </summary>
    public static IReadOnlyList<RelevanceMap<T>> HiResCam<T>(MethodRun<T> run)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Map(run, run.Trace.Pooled!, isMean: false);

    private static IReadOnlyList<RelevanceMap<T>> Map<T>(MethodRun<T> run, Value<T> value, bool isMean)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var replay = run.Backward([value], rules: null);
        var gradient = replay[value];
        var sums = TokenRelevance.OverChannels(value.Data, isMean ? MeanOverTokens(gradient) : gradient);
        foreach (ref var sum in sums.Extent)
        {
            sum = T.Max(sum, T.Zero);
        }

        return run.Decision.Maps(sums, run.Trace.Layers[^1].Layout);
    }

    private static Activation<T> MeanOverTokens<T>(Activation<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mean = Activation<T>.Zeros(gradient.Batch, gradient.Length, gradient.Width);
        for (var item = 0; item < gradient.Batch; item++)
        {
            var weights = new T[gradient.Width];
            for (var t = 0; t < gradient.Length; t++)
            {
                var from = gradient.Row(item, t);
                for (var c = 0; c < weights.Length; c++)
                {
                    weights[c] += from[c] / T.CreateTruncating(gradient.Length);
                }
            }

            for (var t = 0; t < gradient.Length; t++)
            {
                weights.CopyTo(mean.Row(item, t));
            }
        }

        return mean;
    }
}
