using Mambascope.Numerics;

namespace Mambascope.Benchmarks;

/// <summary>
/// Products with matrices held in 16 bits beside the same in singles: what widening costs, forward and back to the input.
/// </summary>
internal static class QuickHalves
{
    private static readonly (int Rows, int Inputs, int Outputs)[] shapes =
    [
        (1, 768, 3072), (1, 1536, 768), (1, 768, 50280), (16, 768, 3072), (512, 768, 3072), (512, 1536, 768),
        (1, 768, 80), (512, 1536, 80),
    ];

    public static void Run(IEnumerable<string> args)
    {
        foreach (var threads in Stopper.Threads(args))
        {
            using var workers = new Workers(threads);
            Stopper.WriteMachine(workers);
            Console.Write($"{"rows x inputs x outputs",-26}{"forward, us: F32",18}{"BF16",10}{"F16",10}");
            Console.WriteLine($"{"input gradient: F32",22}{"BF16",10}{"F16",10}");
            foreach (var (rows, inputs, outputs) in shapes)
            {
                var random = new Random(1);
                var halves = new ushort[inputs * outputs];
                for (var i = 0; i < halves.Length; i++)
                {
                    halves[i] = BitConverter.HalfToUInt16Bits((Half)(random.NextSingle() - 0.5f));
                }

                Weight[] weights =
                [
                    new("w", Array.ConvertAll(halves, bits => (float)BitConverter.UInt16BitsToHalf(bits)), outputs, inputs),
                    Weight.OfHalves(
                        "w",
                        Array.ConvertAll(halves, bits =>
                            (ushort)(BitConverter.SingleToUInt32Bits((float)BitConverter.UInt16BitsToHalf(bits)) >> 16)),
                        WeightFormat.BF16,
                        outputs,
                        inputs),
                    Weight.OfHalves("w", halves, WeightFormat.F16, outputs, inputs),
                ];
                var (x, y) = (Activation<float>.Zeros(1, rows, inputs), Activation<float>.Zeros(1, rows, outputs));
                x.Extent.Fill(0.5f);
                var forward = Interleaved(weights, w => Linear.Forward(workers, x, w, bias: null, y));
                var back = Interleaved(weights, w => Linear.BackwardInput(workers, y, w, x, accumulate: false));
                Console.Write($"{$"{rows} x {inputs} x {outputs}",-26}{forward[0],18:F0}{forward[1],10:F0}{forward[2],10:F0}");
                Console.WriteLine($"{back[0],22:F0}{back[1],10:F0}{back[2],10:F0}");
            }
        }
    }

    // Best microseconds of each, in turn, so that another program's load falls on all alike.
    private static double[] Interleaved(Weight[] weights, Action<Weight> action)
    {
        double[] best = [double.MaxValue, double.MaxValue, double.MaxValue];
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < weights.Length; i++)
            {
                var weight = weights[i];
                best[i] = Math.Min(best[i], 1e6 * Stopper.Best(() => action(weight), 100));
            }
        }

        return best;
    }
}
