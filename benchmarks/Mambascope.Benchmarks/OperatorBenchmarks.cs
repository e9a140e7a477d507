using BenchmarkDotNet.Attributes;
using Mambascope.Numerics;

namespace Mambascope.Benchmarks;

/// <summary>The operators around the scan. `-- operators` prints the same in seconds.</summary>
public class OperatorBenchmarks
{
    private const float Epsilon = 1e-5f;

    private Workers workers = null!;
    private ScanOrder order = null!;
    private Weight w = null!;
    private Weight taps = null!;
    private Activation<float> x;
    private Activation<float> dy;
    private Activation<float> y;
    private float[] sums = null!;

    /// <summary>Threads in use.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    /// <summary>Items, tokens, channels: a layer of Vim-S and a training batch.</summary>
    [Params("1x197x768", "32x197x192")]
    public string Shape { get; set; } = "";

    /// <summary>Makes the operands.</summary>
    [GlobalSetup]
    public void Setup()
    {
        workers = new(Threads);
        var sizes = Shape.Split('x').Select(int.Parse).ToArray();
        var (batch, length, width) = (sizes[0], sizes[1], sizes[2]);
        var random = new Random(1);
        float[] Fill(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
        order = ScanOrder.Forward(length);
        w = new("w", Fill(width), width);
        taps = new("taps", Fill(4 * width), width, 1, 4);
        x = Activation<float>.Of(Fill(batch * length * width), batch, length, width);
        dy = Activation<float>.Of(Fill(batch * length * width), batch, length, width);
        y = Activation<float>.Zeros(batch, length, width);
        sums = new float[4 * width];
    }

    /// <summary>Ends the threads.</summary>
    [GlobalCleanup]
    public void Cleanup() => workers.Dispose();

    [Benchmark]
    public void SiluForward() => Silu.Forward(workers, x, y);

    [Benchmark]
    public void SiluBackward() => Silu.Backward(workers, x, dy, y, accumulate: false);

    [Benchmark]
    public void SoftplusForward() => Softplus.Forward(workers, x, y);

    [Benchmark]
    public void ConvolutionForward() => CausalConv1d.Forward(workers, x, taps, w, order, y);

    [Benchmark]
    public void ConvolutionBackwardInput() => CausalConv1d.BackwardInput(workers, dy, taps, order, y, accumulate: false);

    [Benchmark]
    public void ConvolutionBackwardWeight() => CausalConv1d.BackwardWeight(workers, dy, x, order, sums);

    [Benchmark]
    public void RmsNormForward() => RmsNorm.Forward(workers, x, w, Epsilon, y);

    [Benchmark]
    public void RmsNormBackwardInput() => RmsNorm.BackwardInput(workers, x, w, Epsilon, dy, y, accumulate: false, holdScale: false);

    [Benchmark]
    public void LayerNormForward() => LayerNorm.Forward(workers, x, w, w, Epsilon, y);

    [Benchmark]
    public void ProductForward() => Product.Forward(workers, x, dy, 1, y);

    [Benchmark]
    public void SkipForward() => SkipConnection.Forward(workers, x, dy, w, y);
}
