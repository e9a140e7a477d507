using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Cli.Benchmarking;

/// <summary>
/// Everything that is timed on one model: a forward pass, its gradients, each method, mean matrices, the two kernels below them.
/// raw and rollout are what they add to a recorded forward pass; attribution is whole, from pixels to map.
/// </summary>
internal sealed class ModelBenchmark(VisionMamba model, Workers workers)
{
    private readonly BufferPool<float> pool = new();
    private readonly WorkCount work = new(model.Config);
    private readonly Activation<float> pixels = Noise(1, model.Config.Channels * model.Config.ImageSize, model.Config.ImageSize);

    /// <summary>
    /// The timings; measure each before asking for the next. At most one recorded run is alive at a time, as in any use of the model, so
    /// that the peak of memory means something.
    /// </summary>
    internal IEnumerable<(string Name, Func<Measurement> Measure)> All()
    {
        yield return Timing("forward", work.Forward, () => model.Forward(new Tape<float>(workers, pool, isRecording: false), pixels).Dispose());
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
            var sizes = model.Config;
            foreach (var (m, k, n) in new[] { (sizes.Length, sizes.Width, 2 * sizes.InnerWidth), (197, 384, 1536), (512, 768, 3072) }.Distinct())
            {
                yield return Product(m, k, n);
            }

            var y = Activation<float>.Zeros(1, sizes.Length, sizes.InnerWidth);
            yield return Timing("scan", work.Scan, () => SelectiveScan.Forward(workers, trace.MambaLayers[0].Directions[0].ScanInputs, y));
        }
    }

    private Trace<float> Record() => model.Forward(new Tape<float>(workers, pool, isRecording: true), pixels);

    private (string Name, Func<Measurement> Measure) Timing(string name, double operations, Action action) => (name, () => Measurement.Of(workers, name, operations, action));

    private static void Backward(Trace<float> trace)
    {
        using var decision = new Decision<float>(trace);
        _ = decision.Gradients;
    }

    private void Explain(Trace<float> trace, AttributionMethod method, AttributionOptions options)
    {
        using var decision = new Decision<float>(trace);
        method.Explain(decision, model, options);
    }

    private void Attribution(AttributionMode mode)
    {
        using var trace = Record();
        Explain(trace, new MambaAttribution(), new() { Mode = mode });
    }

    private void MeanMatrices(Trace<float> trace)
    {
        foreach (var layer in trace.MambaLayers)
        {
            MatrixReduction.Reduce(workers, layer, 0, new() { Directions = ScanDirections.Forward });
            MatrixReduction.Reduce(workers, layer, 0, new() { Directions = ScanDirections.Backward });
        }
    }

    private (string Name, Func<Measurement> Measure) Product(int m, int k, int n)
    {
        var (x, y) = (Noise(1, m, k), Activation<float>.Zeros(1, m, n));
        var w = new Weight("w", Noise(1, n, k).ToArray(), n, k);
        return Timing($"gemm.{m}x{k}x{n}", WorkCount.Product(m, k, n), () => Linear.Forward(workers, x, w, bias: null, y));
    }

    // A seed: the same input every time. Values as normalised pixels have them, -1 to 1.
    private static Activation<float> Noise(int batch, int length, int width)
    {
        var random = new Random(1);
        var values = Activation<float>.Zeros(batch, length, width);
        foreach (ref var value in values.Extent)
        {
            value = (float)((2 * random.NextDouble()) - 1);
        }

        return values;
    }
}
