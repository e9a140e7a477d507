using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>Jamba: the softmax over all logits, and the k largest probabilities as they are; weights sum to less than one.</summary>
internal sealed record ChosenOfSoftmax(int Chosen) : ExpertRouting(Chosen)
{
    public override void Choose<T>(ReadOnlySpan<T> logits, Span<int> chosen, Span<T> weights)
    {
        Span<T> all = new T[logits.Length];
        logits.CopyTo(all);
        Softmax(all);
        Largest<T>(all, chosen);
        for (var i = 0; i < chosen.Length; i++)
        {
            weights[i] = all[chosen[i]];
        }
    }

    public override void Backward<T>(
        ReadOnlySpan<T> logits, ReadOnlySpan<int> chosen, ReadOnlySpan<T> weights, ReadOnlySpan<T> dWeights, Span<T> dLogits)
    {
        logits.CopyTo(dLogits);
        Softmax(dLogits);
        var mean = T.Zero;
        for (var i = 0; i < chosen.Length; i++)
        {
            mean += weights[i] * dWeights[i];
        }

        foreach (ref var value in dLogits)
        {
            value *= -mean;
        }

        for (var i = 0; i < chosen.Length; i++)
        {
            dLogits[chosen[i]] += weights[i] * dWeights[i];
        }
    }
}
