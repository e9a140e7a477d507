using System.Numerics;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Attribution;

/// <summary>Input x gradient at the first block's input: sum over channels of token ⊙ dscore/dtoken.</summary>
public sealed class InputXGradient : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "input-x-gradient";

    /// <inheritdoc/>
    public override string Title => "input × gradient";

    /// <inheritdoc/>
    public override string Description => "token times gradient of the explained class, summed over channels";

    /// <inheritdoc/>
    public override LayerKinds Explains => LayerKinds.Mamba | LayerKinds.Attention;

    /// <inheritdoc/>
    public override bool IsClassSpecific => true;

    /// <inheritdoc/>
    public override IReadOnlyList<RelevanceMap<T>> Explain<T>(Decision<T> decision, IModel model, AttributionOptions options)
        => decision.Maps(TokenSum(decision.Trace.Tokens.Data, decision.Gradients[decision.Trace.Tokens]));

    /// <summary>Sum over channels of a ⊙ b: (Batch, L, 1).</summary>
    internal static Activation<T> TokenSum<T>(Activation<T> a, Activation<T> b)
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
