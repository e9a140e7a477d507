using System.Numerics;
using System.Numerics.Tensors;
using Mambascope.Attention;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Cli.Comparing;

/// <summary>
/// Attention of one layer among the first tokens, as the paper shows it (method.md, raw attention): hidden attention as the min-max of the
/// mean over channels of |alpha|, both scan directions in one; softmax attention as probabilities, the mean over heads.
/// </summary>
/// <param name="Layer">Layer, from 0 at the input.</param>
/// <param name="Depth">Where it lies, as a share of the model's depth.</param>
/// <param name="Values">(Tokens, Tokens), output token by input token.</param>
/// <param name="Tokens">Tokens shown: the first of the sequence.</param>
/// <param name="Largest">Hidden attention: the value that became 1. Softmax attention: 1.</param>
internal sealed record DepthMatrix(int Layer, double Depth, float[] Values, int Tokens, double Largest)
{
    private static readonly double[] depths = [0.25, 0.5, 0.75];

    /// <summary>The matrices at 25, 50 and 75 % of a model's depth.</summary>
    internal static IReadOnlyList<DepthMatrix> Of<T>(ImageRun<T> run, int firstTokens)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => [.. depths.Select(depth => Of(run, depth, firstTokens))];

    private static DepthMatrix Of<T>(ImageRun<T> run, double depth, int firstTokens)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var layer = (int)(depth * run.Trace.Layers.Count);
        var tokens = Math.Min(firstTokens, run.Trace.Length);
        return run.Trace.Layers[layer] switch
        {
            { Mixers: [SoftmaxMixerTrace<T> attention] } => new(layer, depth, First(HeadMatrix.Mean(attention, 0), tokens), tokens, 1),
            { Mixers: [ScanMixerTrace<T> scans] } => Scaled(
                layer,
                depth,
                First(MatrixReduction.Reduce(run.Model.Workers, scans, 0, new() { Sign = SignRule.Absolute }), tokens),
                tokens),
            _ => throw new BadInputException($"layer {layer} has no single matrix to show"),
        };
    }

    private static float[] First<T>(AttentionMatrix<T> matrix, int tokens)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = new float[tokens * tokens];
        for (var i = 0; i < tokens; i++)
        {
            for (var j = 0; j < tokens; j++)
            {
                values[(i * tokens) + j] = float.CreateTruncating(matrix[i, j]);
            }
        }

        return values;
    }

    // Min-max over what is shown; a constant matrix becomes zeros.
    private static DepthMatrix Scaled(int layer, double depth, float[] values, int tokens)
    {
        var (least, most) = (TensorPrimitives.Min<float>(values), TensorPrimitives.Max<float>(values));
        var range = most - least;
        return new(layer, depth, Array.ConvertAll(values, value => range > 0 ? (value - least) / range : 0), tokens, most);
    }
}
