using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Cli.Benchmarking;

/// <summary>
/// Everything that is timed on a Vision Mamba: a forward pass, its gradients, each method, mean matrices, the two kernels below them.
/// raw and rollout are what they add to a recorded forward pass; attribution is whole, from pixels to map.
/// </summary>
internal sealed class MambaBenchmark(VisionMamba model, Workers workers) : ModelBenchmark(model, workers)
{
    private readonly Workers workers = workers;
    private readonly MambaWork work = new(model.Config);
    private readonly VisionMambaConfig sizes = model.Config;

    /// <inheritdoc/>
    internal override double ForwardWork => work.Forward;

    /// <inheritdoc/>
    internal override IEnumerable<(string Name, Func<Measurement> Measure)> All()
    {
        yield return Forward();
        using (var trace = Record())
        {
            yield return Timing("backward", work.Backward, () => Backward(trace));
            yield return Timing("raw", work.Rows, () => Explain(trace, new RawAttention(), new()));
            yield return Timing("rollout", work.Rows, () => Explain(trace, new AttentionRollout(), new()));
        }

        yield return Timing("attribution.official", work.Forward + work.Backward + work.OfficialRows, () => Attribution(AttributionMode.Official));
        yield return Timing("attribution.paper", work.Forward + work.Backward + work.Matrices, () => Attribution(AttributionMode.Paper));
        yield return Timing("attribution.exact", work.Forward + work.Backward + work.Matrices, () => Attribution(AttributionMode.Exact));
        using (var trace = Record())
        {
            yield return Timing("mean_matrices", work.Matrices, () => MeanMatrices(trace));
            foreach (var (m, k, n) in new[] { (sizes.Length, sizes.Width, 2 * sizes.InnerWidth), (197, 384, 1536), (512, 768, 3072) }.Distinct())
            {
                yield return Product(m, k, n);
            }

            var y = Activation<float>.Zeros(1, sizes.Length, sizes.InnerWidth);
            yield return Timing("scan", work.Scan, () => SelectiveScan.Forward(workers, trace.ScanMixers[0].Scans[0].ScanInputs, y));
        }
    }

    private void Attribution(AttributionMode mode) => ExplainAnew(new MambaAttribution(), new() { Mode = mode });

    private void MeanMatrices(Trace<float> trace)
    {
        foreach (var layer in trace.ScanMixers)
        {
            MatrixReduction.Reduce(workers, layer, 0, new() { Directions = ScanDirections.Forward });
            MatrixReduction.Reduce(workers, layer, 0, new() { Directions = ScanDirections.Backward });
        }
    }
}
