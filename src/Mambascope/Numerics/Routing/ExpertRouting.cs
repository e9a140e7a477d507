using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>
/// How a token's experts follow from the logits of its router, and the way back from their weights. Ties are decided by the lower index.
/// </summary>
/// <param name="Chosen">Experts a token, k.</param>
internal abstract record ExpertRouting(int Chosen)
{
    /// <summary>Experts and weights of one token.</summary>
    /// <param name="logits">Logits of all X experts.</param>
    /// <param name="chosen">Result: k experts, the heaviest first.</param>
    /// <param name="weights">Result: their weights.</param>
    public abstract void Choose<T>(ReadOnlySpan<T> logits, Span<int> chosen, Span<T> weights)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>dLogits (overwritten) from the adjoints of the chosen weights; the choice itself is a constant.</summary>
    public abstract void Backward<T>(
        ReadOnlySpan<T> logits, ReadOnlySpan<int> chosen, ReadOnlySpan<T> weights, ReadOnlySpan<T> dWeights, Span<T> dLogits)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>The places of the largest values, in falling order.</summary>
    private protected static void Largest<T>(ReadOnlySpan<T> values, Span<int> places)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var taken = 0; taken < places.Length; taken++)
        {
            var best = -1;
            for (var i = 0; i < values.Length; i++)
            {
                if (!places[..taken].Contains(i) && (best < 0 || values[i] > values[best]))
                {
                    best = i;
                }
            }

            places[taken] = best;
        }
    }

    /// <summary>exp(x - max) / sum, so that nothing overflows.</summary>
    private protected static void Softmax<T>(Span<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (top, sum) = (values[0], T.Zero);
        foreach (var value in values)
        {
            top = T.Max(top, value);
        }

        foreach (ref var value in values)
        {
            value = T.Exp(value - top);
            sum += value;
        }

        foreach (ref var value in values)
        {
            value /= sum;
        }
    }
}
