using BenchmarkDotNet.Attributes;
using Mambascope.Numerics;

namespace Mambascope.Benchmarks;

/// <summary>The three products of a linear layer. `-- gemm` prints the same as shares of the peak.</summary>
public class GemmBenchmarks
{
    private Workers workers = null!;
    private Weight w = null!;
    private Weight bias = null!;
    private Activation<float> x;
    private Activation<float> dx;
    private Activation<float> y;
    private Activation<float> dy;
    private float[] dw = null!;

    /// <summary>Threads in use.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    /// <summary>Rows, inputs, outputs.</summary>
    [Params("512x768x3072", "197x384x1536", "197x768x384", "197x768x56", "1x768x3072", "6304x96x384", "6304x192x36", "6304x4x192")]
    public string Shape { get; set; } = "";

    /// <summary>Makes the operands.</summary>
    [GlobalSetup]
    public void Setup()
    {
        workers = new(Threads);
        var sizes = Shape.Split('x').Select(int.Parse).ToArray();
        var (rows, inputs, outputs) = (sizes[0], sizes[1], sizes[2]);
        var random = new Random(1);
        float[] Fill(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
        w = new("w", Fill(inputs * outputs), outputs, inputs);
        bias = new("b", Fill(outputs), outputs);
        x = Activation<float>.Of(Fill(rows * inputs), 1, rows, inputs);
        dy = Activation<float>.Of(Fill(rows * outputs), 1, rows, outputs);
        dx = Activation<float>.Zeros(1, rows, inputs);
        y = Activation<float>.Zeros(1, rows, outputs);
        dw = new float[inputs * outputs];
    }

    /// <summary>Ends the threads.</summary>
    [GlobalCleanup]
    public void Cleanup() => workers.Dispose();

    /// <summary>y = x Wᵀ + b.</summary>
    [Benchmark(Baseline = true)]
    public void Forward() => Linear.Forward(workers, x, w, bias, y);

    /// <summary>dx = dy W.</summary>
    [Benchmark]
    public void BackwardInput() => Linear.BackwardInput(workers, dy, w, dx, accumulate: false);

    /// <summary>dW += dyᵀ x.</summary>
    [Benchmark]
    public void BackwardWeight() => Linear.BackwardWeight(workers, dy, x, dw);
}
