using System.Numerics;
using Mambascope.Models;
using Mambascope.Numerics;

using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// Grad-CAM on attention (Chefer, Gur and Wolf 2021, after Selvaraju et al. 2017): in the last layer, mean over heads of the explained
/// token's row, each head weighted by the mean gradient of its row over the patches; positive part, min-max.
/// </summary>
public sealed class AttentionGradCam : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "attention-gradcam";

    /// <inheritdoc/>
    public override string Title => "attention Grad-CAM";

    /// <inheritdoc/>
    public override string Description => "attention of the last layer, heads weighted by their gradient";

    /// <inheritdoc/>
    public override IReadOnlyList<MixerKind> Explains => [MixerKind.Softmax];

    /// <inheritdoc/>
    public override bool IsClassSpecific => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
    {
        var decision = run.Decision;
        var last = run.Trace.SoftmaxMixers[^1];
        var (A, gradient) = (last.Attention.Data, run.Gradients[last.Attention]);
        return
        [
            .. Enumerable
                .Range(0, decision.Batch)
                .Select(item => decision.Map(MinMax(decision, Row(decision, A.Item(item), gradient.Item(item), last.Heads)))),
        ];
    }

    private static T[] Row<T>(Decision<T> decision, Activation<T> A, Activation<T> gradient, int heads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var row = new T[A.Width];
        foreach (var i in decision.Token < 0 ? Enumerable.Range(0, A.Width) : [decision.Token])
        {
            for (var head = 0; head < heads; head++)
            {
                var (weights, slopes) = ((head * A.Width) + i, T.Zero);
                var patches = Seen(decision, i);
                foreach (var j in patches)
                {
                    slopes += gradient.Row(weights)[j] / T.CreateTruncating(patches.Length);
                }

                for (var j = 0; j < row.Length; j++)
                {
                    row[j] += A.Row(weights)[j] * slopes;
                }
            }
        }

        return [.. row.Select(value => T.Max(value / T.CreateTruncating(heads * (decision.Token < 0 ? A.Width : 1)), T.Zero))];
    }

    // Over the tokens that are shown and seen; the others stay 0.
    private static T[] MinMax<T>(Decision<T> decision, T[] row)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var seen = Seen(decision, decision.Token);
        var (low, high) = (seen.Min(j => row[j]), seen.Max(j => row[j]));
        foreach (var j in seen)
        {
            row[j] = high > low ? (row[j] - low) / (high - low) : row[j];
        }

        return row;
    }

    // The tokens that a map shows; in a text those up to the explained one, the later ones are masked.
    private static int[] Seen<T>(Decision<T> decision, int token)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => [.. decision.Trace.Layout.Shown.Where(j => decision.Trace.IsClassifier || j <= token)];
}
