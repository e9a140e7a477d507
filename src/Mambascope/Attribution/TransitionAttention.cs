using System.Numerics;
using Mambascope.Attention;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;

using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// Transition attention maps (Yuan et al. 2021): states start as the explained token's row of the last layer's attention and flow back
/// through the layers, s = s + s A, A the mean over heads; they are weighted by the last layer's gradient, integrated along the path from
/// the image of zeros (normalised units) to the image by <see cref="Steps"/> points, ends included.
/// </summary>
public sealed class TransitionAttention : AttributionMethod
{
    /// <summary>Points of the path, as released.</summary>
    public const int Steps = 20;

    // Points that run as one batch.
    private const int ChunkSize = 10;

    /// <inheritdoc/>
    public override string Name => "transition-attention";

    /// <inheritdoc/>
    public override string Title => "transition attention";

    /// <inheritdoc/>
    public override string Description => "attention as a Markov chain, weighted by integrated gradients";

    /// <inheritdoc/>
    public override IReadOnlyList<MixerKind> Explains => [MixerKind.Softmax];

    /// <inheritdoc/>
    public override IReadOnlyList<AttributionOption> Options => [AttributionOption.StartLayer];

    /// <inheritdoc/>
    public override bool IsClassSpecific => true;

    /// <inheritdoc/>
    public override bool RunsModel => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
    {
        var decision = run.Decision;
        var layers = LayerChoice.Mixers<SoftmaxMixerTrace<T>, T>(run.Trace, run.Options);
        var s = AttentionRows.Mean(layers[^1], decision.ReadVector());
        foreach (var layer in layers.SkipLast(1).Reverse())
        {
            s = RolloutProduct.Step(s, AttentionRows.Mean(layer, s), new());
        }

        return [.. Enumerable.Range(0, decision.Batch).Select(item =>
        {
            var weights = IntegratedGradient(run, item);
            return decision.Map([.. s.Item(item).ToArray().Zip(weights, (state, weight) => state * weight)]);
        })];
    }

    // mean over heads of ( mean over the path of dscore/dA )+, the explained token's row.
    private static T[] IntegratedGradient<T>(MethodRun<T> run, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var decision = run.Decision;
        var input = decision.Trace.Input.Data.Item(item);
        var values = input.ToArray();
        var last = run.Trace.SoftmaxMixers[^1];
        var (H, L) = (last.Heads, decision.Trace.Length);
        var sum = Activation<T>.Zeros(1, H * L, L);
        for (var first = 0; first < Steps; first += ChunkSize)
        {
            var count = Math.Min(ChunkSize, Steps - first);
            var path = Activation<T>.Zeros(count, input.Length, input.Width);
            for (var k = 0; k < count; k++)
            {
                var share = T.CreateTruncating(first + k) / T.CreateTruncating(Steps - 1);
                var point = path.Item(k).Extent;
                for (var i = 0; i < point.Length; i++)
                {
                    point[i] = share * values[i];
                }
            }

            run.Step((item * Steps) + first, decision.Batch * Steps);
            using var chunk = run.NewTape();
            using var along = decision.On(run.Model.ForwardInput(chunk, path, decision.Positions), item);
            var attention = along.Trace.SoftmaxMixers[^1].Attention;
            using var replay = along.Backward([attention], rules: null, run.Cancellation);
            for (var k = 0; k < count; k++)
            {
                var gradient = replay[attention].Item(k).Extent;
                for (var i = 0; i < gradient.Length; i++)
                {
                    sum.Extent[i] += gradient[i] / T.CreateTruncating(Steps);
                }
            }
        }

        return AttentionRows.Combine(decision.ReadVector().Item(item), AttentionRows.PositiveMean(run.Trace.Tape.Workers, last, sum));
    }
}
