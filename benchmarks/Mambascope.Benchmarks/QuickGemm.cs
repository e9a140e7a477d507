using Mambascope.Numerics;

namespace Mambascope.Benchmarks;

/// <summary>Products of a linear layer on the shapes of Vim, of Mamba and of training, beside the peak of the same moment.</summary>
internal static class QuickGemm
{
    private static readonly (int Rows, int Inputs, int Outputs)[] shapes =
    [
        (512, 768, 3072), (197, 384, 1536), (197, 768, 384), (197, 768, 56), (197, 24, 768), (1, 768, 3072), (1, 768, 50280),
        (6304, 96, 384), (6304, 192, 36), (6304, 192, 96), (6304, 4, 192),
    ];

    public static void Run(IEnumerable<string> args)
    {
        foreach (var threads in Stopper.Threads(args))
        {
            using var workers = new Workers(threads);
            Stopper.WriteMachine(workers);
            Console.WriteLine($"{"rows x inputs x outputs",-26}{"forward",20}{"input grad",20}{"weight grad",20}");
            foreach (var (rows, inputs, outputs) in shapes)
            {
                var w = new Weight("w", Random(inputs * outputs, 1), outputs, inputs);
                var bias = new Weight("b", Random(outputs, 2), outputs);
                var x = Activation<float>.Of(Random(rows * inputs, 3), 1, rows, inputs);
                var dx = Activation<float>.Zeros(1, rows, inputs);
                var y = Activation<float>.Zeros(1, rows, outputs);
                var dy = Activation<float>.Of(Random(rows * outputs, 4), 1, rows, outputs);
                var dw = new float[inputs * outputs];
                Console.Write($"{$"{rows} x {inputs} x {outputs}",-26}");
                Report(() => Linear.Forward(workers, x, w, bias, y));
                Report(() => Linear.BackwardInput(workers, dy, w, dx, accumulate: false));
                Report(() => Linear.BackwardWeight(workers, dy, x, dw));
                Console.WriteLine();

                void Report(Action action)
                {
                    var seconds = Stopper.Best(action);
                    var rate = 2.0 * rows * inputs * outputs / seconds / 1e9;
                    Console.Write($"{rate,7:F0} {rate / FmaPeak.Measure(workers, 60),4:P0}{seconds * 1e6,7:F0}us");
                }
            }
        }
    }

    private static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }
}
