using Mambascope.Checkpoints;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// Weights as a model has them before training (the initialisation of the Mamba release), from a seed: to try speed and memory without
/// a download, and to start training. A_log[e, n] = ln(n + 1), for a head of Mamba-2 ln of uniform in [1, 16]; D = 1; dt_proj.bias
/// (dt_bias) such that softplus gives steps log-uniform in [0.001, 0.1]; dt_proj.weight uniform in ±R^-1/2; other matrices uniform in
/// ±inputs^-1/2; norms 1; biases 0; embeddings normal 0.02.
/// </summary>
public static class RandomWeights
{
    /// <summary>How matrices can be held.</summary>
    public static IReadOnlyList<WeightFormat> Formats { get; } =
        [WeightFormat.F32, WeightFormat.BF16, WeightFormat.F16, WeightFormat.Q8_0, WeightFormat.Q4_K];

    /// <summary>A source that draws each weight on request, in the order of the requests.</summary>
    /// <param name="seed">Seed of all draws.</param>
    /// <param name="matrices">
    /// How matrices are held: values are drawn as singles and rounded. Where rows are no whole number of blocks, as llama.cpp has it: Q5_0
    /// in place of Q4_K (<see cref="WeightFormat.ScaledBytes"/> in memory), else F16.
    /// </param>
    public static WeightSource Source(int seed, WeightFormat matrices = WeightFormat.F32)
    {
        var random = new Random(seed);
        return (name, shape) =>
        {
            var values = Draw(random, name, shape);
            if (BlocksOf(name, shape, matrices) is { } blocks)
            {
                var quantised = Weight.OfBlocks(name, blocks, BlockRounding.Round(blocks, values), shape[0], shape[1]);
                PassingMemory.Leave(((long)values.Length * sizeof(float)) + quantised.ByteLength);
                return quantised;
            }

            var format = FormatOf(name, shape, matrices);
            if (format == WeightFormat.F32)
            {
                return new Weight(name, values, shape);
            }

            var halves = new ushort[values.Length];
            Widening.Narrow(values, halves, format == WeightFormat.BF16 ? TensorType.BF16 : TensorType.F16);
            PassingMemory.Leave((long)values.Length * (sizeof(float) + sizeof(ushort)));
            return Weight.OfHalves(name, halves, format, shape[0], shape[1]);
        };
    }

    /// <summary>
    /// Weights without values, held as those of <see cref="Source"/> would be: a model of them can say what it is, but not run.
    /// </summary>
    public static WeightSource Shapes(WeightFormat matrices = WeightFormat.F32)
        => (name, shape) => BlocksOf(name, shape, matrices) is { } blocks
            ? Weight.OfShape(name, blocks, shape[0], shape[1])
            : Weight.OfShape(name, FormatOf(name, shape, matrices), shape);

    private static bool IsMatrix(string name, int[] shape) => shape.Length == 2 && name.EndsWith(".weight", StringComparison.Ordinal);

    // Rows that are no whole blocks are held as halves.
    private static WeightFormat FormatOf(string name, int[] shape, WeightFormat matrices)
        => !IsMatrix(name, shape) ? WeightFormat.F32
            : matrices is WeightFormat.Q8_0 or WeightFormat.Q4_K ? WeightFormat.F16
            : matrices;

    private static BlockFormat? BlocksOf(string name, int[] shape, WeightFormat matrices)
    {
        BlockFormat[] formats = matrices switch
        {
            WeightFormat.Q8_0 => [BlockFormat.Q8_0],
            WeightFormat.Q4_K => [BlockFormat.Q4_K, BlockFormat.Q5_0],
            _ => [],
        };
        return IsMatrix(name, shape) ? formats.FirstOrDefault(format => shape[1] % format.Values == 0) : null;
    }

    private static float[] Draw(Random random, string name, int[] shape)
    {
        var values = new float[shape.Aggregate(1, (a, b) => a * b)];
        // Tensors that hold the matrices of several scans say so in their names: x_proj_weight (scans, outputs, inputs).
        var inputs = name.EndsWith("_weight", StringComparison.Ordinal) ? shape[^1] : values.Length / shape[0];
        switch (name)
        {
            case var n when IsStepBias(n):
                return Fill(values, _ => InverseSoftplus(Math.Max(1e-4, Math.Exp(Uniform(Math.Log(0.001), Math.Log(0.1))))));
            case var n when n.EndsWith("bias", StringComparison.Ordinal):
                return values;
            case var n when n.EndsWith("A_log", StringComparison.Ordinal) && shape.Length == 1:
                return Fill(values, _ => Math.Log(Uniform(1, 16)));
            case var n when n.EndsWith("running_mean", StringComparison.Ordinal):
                return values;
            case var n when n.EndsWith("A_log", StringComparison.Ordinal)
                || n.EndsWith("A_b_log", StringComparison.Ordinal)
                || n.EndsWith("A_logs", StringComparison.Ordinal):
                return Fill(values, i => Math.Log((i % inputs) + 1));
            case var n
                when n.EndsWith(".D", StringComparison.Ordinal)
                    || n.EndsWith(".Ds", StringComparison.Ordinal)
                    || n.EndsWith("running_var", StringComparison.Ordinal)
                    || (shape.Length == 1 && n.EndsWith(".weight", StringComparison.Ordinal))
                    || n.EndsWith(".D_b", StringComparison.Ordinal)
                    || n.Contains("norm", StringComparison.Ordinal)
                    || n.Contains("ln_", StringComparison.Ordinal):
                return Fill(values, _ => 1);
            case "cls_token" or "pos_embed" or "head.weight" or "lm_head.weight" or "embed_out.weight":
            case var n
                when n.EndsWith("embeddings.weight", StringComparison.Ordinal) || n.EndsWith("embed_in.weight", StringComparison.Ordinal)
                    || n.EndsWith("embed_tokens.weight", StringComparison.Ordinal) || n is "wte.weight" or "wpe.weight":
                return Fill(values, _ => 0.02 * NormalDistribution.Draw(random));
            default:
                return Fill(values, _ => Uniform(-1, 1) / Math.Sqrt(inputs));
        }

        double Uniform(double low, double high) => low + ((high - low) * random.NextDouble());
    }

    private static bool IsStepBias(string name)
        => name.EndsWith("bias", StringComparison.Ordinal)
        && (name.Contains("dt_proj", StringComparison.Ordinal) || name.EndsWith("dt_bias", StringComparison.Ordinal));

    private static float[] Fill(float[] values, Func<int, double> value)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)value(i);
        }

        return values;
    }

    // ln(e^dt - 1), so that softplus gives dt back.
    private static double InverseSoftplus(double dt) => dt + Math.Log(-Math.Exp(-dt) + 1);
}
