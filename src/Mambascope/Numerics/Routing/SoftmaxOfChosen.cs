using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>Granite: the k largest logits, and the softmax over these alone; weights sum to one.</summary>
internal sealed record SoftmaxOfChosen(int Chosen) : ExpertRouting(Chosen)
{
    public override void Choose<T>(ReadOnlySpan<T> logits, Span<int> chosen, Span<T> weights)
    {
        Largest(logits, chosen);
        for (var i = 0; i < chosen.Length; i++)
        {
            weights[i] = logits[chosen[i]];
        }

        Softmax(weights);
    }

    public override void Backward<T>(
        ReadOnlySpan<T> logits, ReadOnlySpan<int> chosen, ReadOnlySpan<T> weights, ReadOnlySpan<T> dWeights, Span<T> dLogits)
    {
        dLogits.Clear();
        var mean = T.Zero;
        for (var i = 0; i < chosen.Length; i++)
        {
            mean += weights[i] * dWeights[i];
        }

        for (var i = 0; i < chosen.Length; i++)
        {
            dLogits[chosen[i]] = weights[i] * (dWeights[i] - mean);
        }
    }
}
