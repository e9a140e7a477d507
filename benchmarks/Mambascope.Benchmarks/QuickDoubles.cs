using Mambascope.Numerics;

namespace Mambascope.Benchmarks;

/// <summary>Products in double precision on the shapes of DeiT-S, for each part of the weight that a relevance rule takes.</summary>
internal static class QuickDoubles
{
    private static readonly (int Rows, int Inputs, int Outputs)[] shapes = [(197, 384, 1152), (197, 384, 1536), (197, 1536, 384)];

    public static void Run(IEnumerable<string> args)
    {
        foreach (var threads in Stopper.Threads(args))
        {
            using var workers = new Workers(threads);
            Stopper.WriteMachine(workers);
            Console.WriteLine("shares are of half the peak in singles");
            Console.WriteLine($"{"rows x inputs x outputs",-26}{"part",-10}{"forward",22}{"input grad",22}");
            foreach (var (rows, inputs, outputs) in shapes)
            {
                foreach (var part in Enum.GetValues<WeightPart>())
                {
                    var random = new Random(1);
                    float[] values = [.. Enumerable.Range(0, inputs * outputs).Select(_ => random.NextSingle() - 0.5f)];
                    var w = new Weight("w", values, outputs, inputs);
                    var (x, y) = (Activation<double>.Zeros(1, rows, inputs), Activation<double>.Zeros(1, rows, outputs));
                    x.Extent.Fill(0.5);
                    Console.Write($"{$"{rows} x {inputs} x {outputs}",-26}{part,-10}");
                    Report(() => Linear.Forward(workers, x, WeightPart.All, w, part, bias: null, y));
                    Report(() => Linear.BackwardInput(workers, y, w, part, x, accumulate: false));
                    Console.WriteLine();
                }

                void Report(Action action)
                {
                    var seconds = Stopper.Best(action);
                    var rate = 2.0 * rows * inputs * outputs / seconds / 1e9;
                    Console.Write($"{rate,7:F1} {rate / FmaPeak.Measure(workers, 60) * 2,4:P0}{seconds * 1e6,9:F0}us");
                }
            }
        }
    }
}
