using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Cli.Benchmarking;

/// <summary>
/// Everything that is timed on a vision transformer: a forward pass, its gradients, each method, matrix products. raw and rollout are what
/// they add to a recorded forward pass; transformer-attribution is whole, from pixels to map, with its relevance rules in double precision.
/// </summary>
internal sealed class TransformerBenchmark(VisionTransformer model, Workers workers) : ModelBenchmark(model, workers)
{
    private readonly TransformerWork work = new(model.Config);
    private readonly VisionTransformerConfig sizes = model.Config;

    /// <inheritdoc/>
    internal override double ForwardWork => work.Forward;

    /// <inheritdoc/>
    internal override IEnumerable<(string Name, Func<Measurement> Measure)> All()
    {
        yield return Forward();
        using (var trace = Record())
        {
            yield return Timing("backward", work.Backward, () => Backward(trace));
            yield return Timing("raw", work.Rows, () => Explain(trace, AttributionMethods.Find("raw", model.Shape), new()));
            yield return Timing("rollout", work.Rollout, () => Explain(trace, AttributionMethods.Find("rollout", model.Shape), new()));
        }

        yield return Timing("transformer-attribution", work.Attribution, () => ExplainAnew(new TransformerAttribution(), new()));
        foreach (var (m, k, n) in new[] { (sizes.Length, sizes.Width, 3 * sizes.Width), (sizes.Length, sizes.Width, sizes.MlpWidth), (197, 384, 1536), (512, 768, 3072) }.Distinct())
        {
            yield return Product(m, k, n);
        }
    }
}
