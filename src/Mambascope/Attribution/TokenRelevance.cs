using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// What input x gradient and the relevance rules written in its form share: token times adjoint at the first block's input, summed over
/// channels; the adjoint is the gradient, or what rules put in its place.
/// </summary>
public abstract class TokenRelevance : AttributionMethod
{
    private protected TokenRelevance()
    {
    }

    /// <inheritdoc/>
    public sealed override bool IsClassSpecific => true;

    /// <summary>Rules that stand in for gradients; null for the gradient.</summary>
    private protected abstract RuleSet<T>? RulesOf<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <inheritdoc/>
    protected sealed override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
    {
        if (RulesOf<T>() is not { } rules)
        {
            return run.Decision.Maps(Of(run.Trace, run.Gradients));
        }

        using var replay = run.Backward([run.Trace.Tokens], rules);
        return run.Decision.Maps(Of(run.Trace, replay));
    }

    internal sealed override PiecewiseMap<T> InPieces<T>(AttributionOptions options, T[] seed)
        => new PiecewiseRelevance<T>(RulesOf<T>(), seed);

    /// <summary>Token times adjoint, summed over channels: (Batch, L, 1).</summary>
    internal static Activation<T> Of<T>(Trace<T> trace, Replay<T> replay)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => OverChannels(trace.Tokens.Data, replay[trace.Tokens]);

    /// <summary>Sum over channels of a ⊙ b: (Batch, L, 1).</summary>
    internal static Activation<T> OverChannels<T>(Activation<T> a, Activation<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sums = Activation<T>.Zeros(a.Batch, a.Length, 1);
        for (var row = 0; row < a.Rows; row++)
        {
            var left = a.Row(row);
            var right = b.Row(row);
            for (var i = 0; i < left.Length; i++)
            {
                sums.Row(row)[0] += left[i] * right[i];
            }
        }

        return sums;
    }
}
