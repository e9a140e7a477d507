using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// ALTI-Logit (Ferrando, Gállego, Tsiamas and Costa-jussà 2023; of Mamba as LaTIM has it): every layer's share F of each of its tokens,
/// projected on the direction that the explained score reads (the last norm's scale held), is handed down to the first tokens by the ALTI
/// matrices of the layers in front, and all layers are added up, with the explained token's own embedding. What MLPs add is left out.
/// </summary>
public sealed class AltiLogit : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "alti-logit";

    /// <inheritdoc/>
    public override string Title => "ALTI-Logit";

    /// <inheritdoc/>
    public override string Description => "what every layer adds to the explained score, handed down by nearness (slow)";

    /// <inheritdoc/>
    public override IReadOnlyList<MixerKind> Explains => [MixerKind.Scan, MixerKind.Softmax];

    /// <inheritdoc/>
    public override bool ExplainsStages => false;

    /// <inheritdoc/>
    public override bool IsClassSpecific => true;

    /// <inheritdoc/>
    public override bool TakesManyPasses => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
    {
        AltiMatrix.Check(run, Name);
        var layers = run.Trace.Layers;
        if (layers.Any(layer => layer.Merge is not null))
        {
            throw new BadInputException(
                $"{Name} needs one residual stream from the first layer to the last; this model joins tokens in between");
        }

        using var direction = run.Backward([layers[^1].Output], MambaLrp.Rules<T>().And(AttentionLrp.Rules<T>()));
        var read = direction[layers[^1].Output];
        var logits = TokenRelevance.OverChannels(run.Trace.Tokens.Data, read); // the embeddings that the score reads directly
        var v = Activation<T>.Zeros(run.Decision.Batch, run.Trace.Length, 1);
        var none = new AttributionOptions { ResidualWeight = 0 };
        for (var at = layers.Count - 1; at >= 0; at--)
        {
            run.Step(layers.Count - 1 - at, layers.Count);
            if (layers[at].Mixers.Count == 0)
            {
                continue;
            }

            var own = Activation<T>.Zeros(v.Batch, v.Length, 1);
            var matrices = AltiMatrix.Of(run, layers[at], (i, shares) => Project(read, i, shares, own));
            v = RolloutProduct.Step(v, matrices, none);
            Add(own, v);
        }

        Add(logits, v);
        return run.Decision.Maps(v);
    }

    // own[j] += u[i] · F[i ← j]
    private static void Project<T>(Activation<T> read, int i, Activation<T> shares, Activation<T> own)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var row = 0; row < shares.Rows; row++)
        {
            var u = read.Row(row / shares.Length, i);
            var share = shares.Row(row);
            for (var d = 0; d < u.Length; d++)
            {
                own.Row(row)[0] += u[d] * share[d];
            }
        }
    }

    private static void Add<T>(Activation<T> from, Activation<T> to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var row = 0; row < to.Rows; row++)
        {
            to.Row(row)[0] += from.Row(row)[0];
        }
    }
}
