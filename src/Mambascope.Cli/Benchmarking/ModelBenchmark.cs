using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Cli.Benchmarking;

/// <summary>
/// Everything that is timed on one model: a forward pass, its gradients, each method, mean matrices, the two kernels below them.
/// raw and rollout are what they add to a recorded forward pass; attribution is whole, from pixels to map.
/// </summary>
internal sealed class ModelBenchmark : IDisposable
{
    private readonly VisionMamba model;
    private readonly Workers workers;
    private readonly BufferPool<float> pool = new();
    private readonly WorkCount work;
    private readonly Activation<float> pixels;
    private readonly Tracing.Trace<float> trace;
    private readonly Decision<float> decision;

    internal ModelBenchmark(VisionMamba model, Workers workers)
    {
        this.model = model;
        this.workers = workers;
        work = new(model.Config);
        pixels = Noise(1, model.Config.Channels * model.Config.ImageSize, model.Config.ImageSize);
        trace = model.Forward(new Tape<float>(workers, pool, isRecording: true), pixels);
        decision = new(trace);
    }

    /// <summary>The timings, one after the other as they are asked for.</summary>
    internal IEnumerable<(string Name, Func<Measurement> Measure)> All()
    {
        yield return Timing("forward", work.Forward, () => model.Forward(new Tape<float>(workers, pool, isRecording: false), pixels).Dispose());
        yield return Timing("backward", work.Backward, Backward);
        yield return Timing("raw", work.Rows, () => Explain(new RawAttention()));
        yield return Timing("rollout", work.Rows, () => Explain(new AttentionRollout()));
        yield return Timing("attribution.official", work.Forward + work.Backward + work.OfficialRows, () => Attribution(AttributionMode.Official));
        yield return Timing("attribution.paper", work.Forward + work.Backward + work.Matrices, () => Attribution(AttributionMode.Paper));
        yield return Timing("attribution.exact", work.Forward + work.Backward + work.Matrices, () => Attribution(AttributionMode.Exact));
        yield return Timing("mean_matrices", work.Matrices, MeanMatrices);
        var sizes = model.Config;
        foreach (var (m, k, n) in new[] { (sizes.Length, sizes.Width, 2 * sizes.InnerWidth), (197, 384, 1536), (512, 768, 3072) }.Distinct())
        {
            yield return Product(m, k, n);
        }

        var y = Activation<float>.Zeros(1, sizes.Length, sizes.InnerWidth);
        yield return Timing("scan", work.Scan, () => SelectiveScan.Forward(workers, trace.Layers[0].Directions[0].ScanInputs, y));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        decision.Dispose();
        trace.Dispose();
    }

    private (string Name, Func<Measurement> Measure) Timing(string name, double operations, Action action) => (name, () => Measurement.Of(workers, name, operations, action));

    private void Backward()
    {
        using var fresh = new Decision<float>(trace);
        _ = fresh.Gradients;
    }

    private void Explain(AttributionMethod method) => method.Explain(decision, model, new());

    private void Attribution(AttributionMode mode)
    {
        using var run = model.Forward(new Tape<float>(workers, pool, isRecording: true), pixels);
        using var fresh = new Decision<float>(run);
        new MambaAttribution().Explain(fresh, model, new() { Mode = mode });
    }

    private void MeanMatrices()
    {
        foreach (var layer in trace.Layers)
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
