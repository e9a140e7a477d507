using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Cli.Benchmarking;

/// <summary>What is timed on a model of either kind: subclasses say what, in which order. One noise picture, at most one recorded run at a time.</summary>
internal abstract class ModelBenchmark(IVisionModel model, Workers workers)
{
    private readonly BufferPool<float> pool = new();
    private readonly Activation<float> pixels = Noise(1, model.Grid.Channels * model.Grid.ImageHeight, model.Grid.ImageWidth);

    /// <summary>Floating-point operations of a forward pass.</summary>
    internal abstract double ForwardWork { get; }

    /// <summary>
    /// The timings; measure each before asking for the next. At most one recorded run is alive at a time, as in any use of the model, so
    /// that the peak of memory means something.
    /// </summary>
    internal abstract IEnumerable<(string Name, Func<Measurement> Measure)> All();

    /// <summary>The benchmark of a model.</summary>
    internal static ModelBenchmark For(IVisionModel model, Workers workers) => model switch
    {
        VisionMamba mamba => new MambaBenchmark(mamba, workers),
        VisionTransformer transformer => new TransformerBenchmark(transformer, workers),
        _ => throw new ArgumentException($"A {model.GetType().Name} has no benchmark.", nameof(model)),
    };

    protected (string Name, Func<Measurement> Measure) Forward()
        => Timing("forward", ForwardWork, () => model.Forward(new Tape<float>(workers, pool, isRecording: false), pixels).Dispose());

    protected Trace<float> Record() => model.Forward(new Tape<float>(workers, pool, isRecording: true), pixels);

    protected (string Name, Func<Measurement> Measure) Timing(string name, double operations, Action action) => (name, () => Measurement.Of(workers, name, operations, action));

    protected static void Backward(Trace<float> trace)
    {
        using var decision = new Decision<float>(trace);
        _ = decision.Gradients;
    }

    protected void Explain(Trace<float> trace, AttributionMethod method, AttributionOptions options)
    {
        using var decision = new Decision<float>(trace);
        method.Explain(decision, model, options);
    }

    // From pixels to map.
    protected void ExplainAnew(AttributionMethod method, AttributionOptions options)
    {
        using var trace = Record();
        Explain(trace, method, options);
    }

    protected (string Name, Func<Measurement> Measure) Product(int m, int k, int n)
    {
        var (x, y) = (Noise(1, m, k), Activation<float>.Zeros(1, m, n));
        var w = new Weight("w", Noise(1, n, k).ToArray(), n, k);
        return Timing($"gemm.{m}x{k}x{n}", Work.Product(m, k, n), () => Linear.Forward(workers, x, w, bias: null, y));
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
