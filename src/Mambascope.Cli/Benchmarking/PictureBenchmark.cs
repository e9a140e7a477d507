using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Cli.Benchmarking;

/// <summary>
/// Everything that is timed on a model of pictures: a forward pass, its gradients, methods, mean matrices of scans, the kernels below them.
/// raw and rollout are what they add to a recorded forward pass; attribution is whole, from pixels to map. The input is one noise picture.
/// </summary>
internal sealed class PictureBenchmark(IVisionModel model, Workers workers)
{
    // Besides the model's own products: two that are the same for all, to compare machines by.
    private static readonly (int Rows, int Inner, int Columns)[] products = [(197, 384, 1536), (512, 768, 3072)];

    private static readonly AttributionMode[] modes = [AttributionMode.Official, AttributionMode.Paper, AttributionMode.Exact];

    private readonly BufferPool<float> pool = new();
    private readonly Activation<float> pixels = Noise(1, model.Grid.Channels * model.Grid.ImageHeight, model.Grid.ImageWidth);
    private readonly ModelWork? work = model.Work;
    private readonly IReadOnlyList<AttributionMethod> methods = AttributionMethods.For(model.Shape);

    /// <summary>Floating-point operations of a forward pass; 0 where nobody has counted them.</summary>
    internal double ForwardWork => work?.Forward(Length) ?? 0;

    private int Length => model.Grid.Count + (model.Facts.ClassToken is null ? 0 : 1);

    /// <summary>
    /// The timings; measure each before asking for the next. At most one recorded run is alive at a time, as in any use of the model, so
    /// that the peak of memory means something.
    /// </summary>
    internal IEnumerable<(string Name, Func<Measurement> Measure)> All()
    {
        yield return Timing("forward", ForwardWork, () =>
            model.Forward(new Tape<float>(workers, pool, isRecording: false), pixels).Dispose());
        using (var trace = Record())
        {
            yield return Timing("backward", work?.Backward(Length) ?? 0, () => Backward(trace));
            foreach (var (name, operations) in new[] { ("raw", work?.Rows(Length)), ("rollout", work?.Rollout(Length)) })
            {
                if (Named(name) is { } method)
                {
                    yield return Timing(name, operations ?? 0, () => Explain(trace, method, new()));
                }
            }
        }

        foreach (var (method, options, operations) in Attributions())
        {
            yield return Timing(method.NameOf(options), operations ?? 0, () => ExplainAnew(method, options));
        }

        using (var trace = Record())
        {
            var scans = Scans(trace);
            if (scans.Count > 0)
            {
                yield return Timing("mean_matrices", work?.Matrices(Length) ?? 0, () => MeanMatrices(scans));
            }

            foreach (
                var (m, k, n) in (work?.Products ?? [])
                    .Select(product => (Length, product.Inputs, product.Outputs))
                    .Concat(products)
                    .Distinct())
            {
                yield return Product(m, k, n);
            }

            if (scans.Count > 0)
            {
                var inputs = scans[0].Scans[0].ScanInputs;
                var y = Activation<float>.Zeros(1, Length, inputs.U.Width);
                yield return Timing("scan", work?.Mixers is [ScanWork scan, ..] ? scan.OneDirection(Length) : 0, () =>
                    SelectiveScan.Forward(workers, inputs, y));
            }
        }
    }

    // Mamba-Attribution in its modes, transformer-attribution: whichever the model has.
    private IEnumerable<(AttributionMethod Method, AttributionOptions Options, double? Work)> Attributions()
    {
        var (forward, backward) = (work?.Forward(Length), work?.Backward(Length));
        if (Named("attribution") is { } ofScans)
        {
            foreach (var mode in modes.Where(mode => mode != AttributionMode.Official || model.Facts.ClassToken is not null))
            {
                // Official mode uses rows of the layers behind the first 15 of 24.
                yield return (
                    ofScans,
                    new() { Mode = mode },
                    forward
                        + backward
                        + (mode == AttributionMode.Official ? work?.Rows(Length, 15 * model.Depth / 24) : work?.Matrices(Length)));
            }
        }

        if (Named("transformer-attribution") is { } ofHeads)
        {
            yield return (ofHeads, new(), forward + backward + work?.Relevance(Length) + work?.Rollout(Length));
        }
    }

    private AttributionMethod? Named(string name) => methods.FirstOrDefault(method => method.Name == name);

    private Trace<float> Record() => model.Forward(new Tape<float>(workers, pool, isRecording: true), pixels);

    private (string Name, Func<Measurement> Measure) Timing(string name, double operations, Action action)
        => (name, () => Measurement.Of(workers, name, operations, action));

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

    // From pixels to map.
    private void ExplainAnew(AttributionMethod method, AttributionOptions options)
    {
        using var trace = Record();
        Explain(trace, method, options);
    }

    private static IReadOnlyList<ScanMixerTrace<float>> Scans(Trace<float> trace) => trace.ScanMixers;

    private void MeanMatrices(IReadOnlyList<ScanMixerTrace<float>> scans)
    {
        foreach (var layer in scans)
        {
            ScanDirections[] directions =
                layer.Scans.Count == 2 ? [ScanDirections.Forward, ScanDirections.Backward] : [ScanDirections.Both];
            foreach (var direction in directions)
            {
                MatrixReduction.Reduce(workers, layer, 0, new() { Directions = direction });
            }
        }
    }

    private (string Name, Func<Measurement> Measure) Product(int m, int k, int n)
    {
        var (x, y) = (Noise(1, m, k), Activation<float>.Zeros(1, m, n));
        var w = new Weight("w", Noise(1, n, k).ToArray(), n, k);
        return Timing($"gemm.{m}x{k}x{n}", ModelWork.Product(m, k, n), () => Linear.Forward(workers, x, w, bias: null, y));
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
