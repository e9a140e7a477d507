using System.Numerics;
using Mambascope.Attention;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// What is done with the mixers of a hybrid, whose matrices differ in kind: scans are signed and their rows grow with step and gate,
/// softmax rows are positive and sum to one, so that a product of both would follow whichever is larger.
/// <code>
/// one scale:   M̂[i,:] = M[i,:] / Σ_j |M[i,j]|,  a row of zeros stays;  mixers side by side: the mean of theirs
///              Ĉ = C / max_i Σ_j |C[i,j]|,      C itself where that is 0;  mixers side by side: the sum of theirs
/// one kind:    its mixers alone, as in a model that has no others
/// </code>
/// </summary>
/// <param name="Only">The kind that takes part; null for all, on one scale.</param>
internal sealed record MixedKinds(MixerKind? Only)
{
    /// <summary>What the options ask for of a model; null where all its mixers are of one kind.</summary>
    /// <exception cref="BadInputException">The model has no mixer of the kind that is asked for.</exception>
    public static MixedKinds? Of(ModelShape model, AttributionOptions options)
        => options.Kind is { } kind && !model.Has(kind)
            ? throw new BadInputException($"kind {kind.Name} was asked for; this model has {model.Words}")
            : IsHybrid(model) ? new(options.Kind) : null;

    /// <summary>Whether a model has scans and softmax attention.</summary>
    public static bool IsHybrid(ModelShape model) => model.Has(MixerKind.Scan) && model.Has(MixerKind.Softmax);

    /// <summary>Whether matrices of all kinds are brought to one scale.</summary>
    public bool IsOneScale => Only is null;

    /// <summary>The mixers of a layer that take part.</summary>
    public IReadOnlyList<MixerTrace<T>> Of<T>(LayerTrace<T> layer)
        where T : unmanaged
        => Only is null ? layer.Mixers : [.. layer.Mixers.Where(mixer => mixer.Shape.Kind == Only)];

    /// <summary>M̂ of a mixer, in place.</summary>
    public static AttentionMatrix<T> ScaleRows<T>(AttentionMatrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < matrix.Length; i++)
        {
            Divide(matrix.Row(i), AbsoluteSum<T>(matrix.Row(i)));
        }

        return matrix;
    }

    /// <summary>M̂ of a block: the mean over its mixers.</summary>
    /// <param name="matrices">M of each mixer; changed.</param>
    public static AttentionMatrix<T> RowScaledMean<T>(IReadOnlyList<AttentionMatrix<T>> matrices)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mean = Sum([.. matrices.Select(ScaleRows)]);
        Divide(mean.Values, T.CreateTruncating(matrices.Count));
        return mean;
    }

    /// <summary>Ĉ of a block: the sum over its mixers.</summary>
    /// <param name="matrices">C of each mixer; changed.</param>
    public static AttentionMatrix<T> ScaledSum<T>(IReadOnlyList<AttentionMatrix<T>> matrices)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (var matrix in matrices)
        {
            var largest = T.Zero;
            for (var i = 0; i < matrix.Length; i++)
            {
                largest = T.Max(largest, AbsoluteSum<T>(matrix.Row(i)));
            }

            Divide(matrix.Values, largest);
        }

        return Sum(matrices);
    }

    /// <summary>A row divided by the sum of its absolute values; a row of zeros stays.</summary>
    public static void ScaleRow<T>(Span<T> row)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Divide(row, AbsoluteSum<T>(row));

    /// <summary>Sum of the matrices, in the first of them.</summary>
    public static AttentionMatrix<T> Sum<T>(IReadOnlyList<AttentionMatrix<T>> matrices)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => matrices.Aggregate((sum, next) =>
        {
            for (var i = 0; i < sum.Values.Length; i++)
            {
                sum.Values[i] += next.Values[i];
            }

            return sum;
        });

    private static T AbsoluteSum<T>(ReadOnlySpan<T> row)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        foreach (var value in row)
        {
            sum += T.Abs(value);
        }

        return sum;
    }

    private static void Divide<T>(Span<T> values, T divisor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (divisor == T.Zero)
        {
            return;
        }

        foreach (ref var value in values)
        {
            value /= divisor;
        }
    }
}
