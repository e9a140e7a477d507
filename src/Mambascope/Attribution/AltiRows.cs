using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// ALTI, the explained token's row of every layer alone, summed: how near the share of each token comes to the token's new state (see
/// <see cref="AltiShares"/>), a layer's row divided by its sum with the residual stream's own nearness. No class, no gradient, and no
/// product of layers, which blurs such maps. Scans: F[j] = W_out (T'[p, j] ⊙ x[j]). Softmax attention: F[j] = W_out of the heads'
/// P[p, j] v[j], biases of v included, as ALTI has it. MLPs mix no tokens and are left out.
/// </summary>
public sealed class AltiRows : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "alti-rows";

    /// <inheritdoc/>
    public override string Title => "ALTI rows";

    /// <inheritdoc/>
    public override string Description => "how near each token's share comes to the explained token's new state, summed over layers";

    /// <inheritdoc/>
    public override IReadOnlyList<MixerKind> Explains => [MixerKind.Scan, MixerKind.Softmax];

    /// <inheritdoc/>
    public override bool ExplainsStages => false;

    /// <inheritdoc/>
    public override IReadOnlyList<AttributionOption> Options => [AttributionOption.StartLayer];

    /// <inheritdoc/>
    public override bool IsClassSpecific => false;

    /// <inheritdoc/>
    public override bool IsPiecewise => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
    {
        var (trace, decision) = (run.Trace, run.Decision);
        var layers = LayerChoice.Of(trace.Layers, run.Options);
        var total = Activation<T>.Zeros(decision.Batch, trace.Length, 1);
        foreach (var (done, at) in layers.Index())
        {
            run.Step(done, layers.Count);
            var layer = trace.Layers[at];
            if (layer.Mixers.Count == 0)
            {
                continue;
            }

            var v = decision.ReadVector(at);
            var (stream, state) = AltiShares.States(layer, v);
            var shares = AltiShares.Of(trace.Tape, layer, v);
            var row = Activation<T>.Zeros(decision.Batch, shares.Length, 1);
            for (var item = 0; item < decision.Batch; item++)
            {
                var near = AltiShares.Nearness<T>(state.Row(item), shares.Item(item));
                var sum = near.Sum() + AltiShares.Nearness<T>(state.Row(item), stream.Row(item));
                for (var j = 0; j < near.Length && sum > 0; j++)
                {
                    row.Row(item, j)[0] = T.CreateTruncating(near[j] / sum);
                }
            }

            row = LayerWalk.ToFirst(trace.Layers, at, row);
            for (var i = 0; i < total.Rows; i++)
            {
                total.Row(i)[0] += row.Row(i)[0];
            }
        }

        return decision.Maps(total);
    }

    internal override PiecewiseMap<T> InPieces<T>(AttributionOptions options, T[] seed) => new PiecewiseAlti<T>(options);
}
