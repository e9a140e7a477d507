using Mambascope.Numerics;

namespace Mambascope.Benchmarks;

/// <summary>
/// The operators around the scan on a layer of Vim-S (197 x 768) and on a training batch (32 x 197 x 192): time, bytes moved and values
/// made per second, beside the FMA peak of the same moment.
/// </summary>
internal static class QuickOperators
{
    public static void Run(IEnumerable<string> args)
    {
        foreach (var threads in Stopper.Threads(args))
        {
            using var workers = new Workers(threads);
            Stopper.WriteMachine(workers);
            Shape(workers, 1, 197, 768);
            Shape(workers, 32, 197, 192);
        }
    }

    private static void Shape(Workers workers, int batch, int length, int width)
    {
        var random = new Random(1);
        Activation<float> Fill()
            => Activation<float>.Of(
                [.. Enumerable.Range(0, batch * length * width).Select(_ => random.NextSingle() - 0.5f)], batch, length, width);
        var (x, dy, y) = (Fill(), Fill(), Fill());
        var w = new Weight("w", x.Buffer.AsSpan(0, width).ToArray(), width);
        var taps = new Weight("taps", x.Buffer.AsSpan(0, 4 * width).ToArray(), width, 1, 4);
        var sums = new float[4 * width];
        var order = ScanOrder.Forward(length);
        Console.WriteLine($"({batch}, {length}, {width})");
        Report("silu", 2, () => Silu.Forward(workers, x, y));
        Report("silu gradient", 3, () => Silu.Backward(workers, x, dy, y, accumulate: false));
        Report("softplus", 2, () => Softplus.Forward(workers, x, y));
        Report("softplus gradient", 3, () => Softplus.Backward(workers, x, dy, y, accumulate: false));
        Report("gelu", 2, () => Gelu.Forward(workers, x, y));
        Report("gelu gradient", 3, () => Gelu.Backward(workers, x, dy, y, accumulate: false));
        Report("product", 3, () => Product.Forward(workers, x, dy, 1, y));
        Report("accumulate", 3, () => Sum.Accumulate(workers, y, x));
        Report("skip", 3, () => SkipConnection.Forward(workers, x, dy, w, y));
        Report("skip weight gradient", 2, () => SkipConnection.BackwardWeight(workers, dy, x, sums));
        Report("bias gradient", 1, () => Linear.BackwardBias(workers, dy, sums));
        Report("convolution", 2, () => CausalConv1d.Forward(workers, x, taps, w, order, y));
        Report("convolution input gradient", 2, () => CausalConv1d.BackwardInput(workers, dy, taps, order, y, accumulate: false));
        Report("convolution weight gradient", 2, () => CausalConv1d.BackwardWeight(workers, dy, x, order, sums));
        Report("rms norm", 2, () => RmsNorm.Forward(workers, x, w, 1e-5f, y));
        Report("rms norm input gradient", 3, () => RmsNorm.BackwardInput(workers, x, w, 1e-5f, dy, y, accumulate: false, holdScale: false));
        Report("rms norm weight gradient", 2, () => RmsNorm.BackwardWeight(workers, x, 1e-5f, dy, sums));
        Report("layer norm", 2, () => LayerNorm.Forward(workers, x, w, w, 1e-5f, y));
        Report("layer norm input gradient", 3, () =>
            LayerNorm.BackwardInput(workers, x, w, 1e-5f, dy, y, accumulate: false, holdScale: false));

        void Report(string name, int arrays, Action action)
        {
            var seconds = Stopper.Best(action, 100);
            var slots = FmaPeak.Measure(workers, 60) * 1e9 / 2 * seconds / x.Count;
            Console.WriteLine(
                $"  {name,-28}{seconds * 1e6,9:F1} us {4.0 * arrays * x.Count / seconds / 1e9,7:F1} GB/s {slots,7:F1} FMA slots a value");
        }
    }
}
