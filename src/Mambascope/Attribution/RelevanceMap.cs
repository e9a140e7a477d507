using System.Numerics;

namespace Mambascope.Attribution;

/// <summary>Relevance of every input token for one decision. For an image: patches, row by row, without the class token.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed record RelevanceMap<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Relevance per token.</summary>
    public required T[] Values { get; init; }

    /// <summary>Patches from top to bottom; 1 for text.</summary>
    public required int Rows { get; init; }

    /// <summary>Patches from left to right; tokens for text.</summary>
    public required int Columns { get; init; }

    /// <summary>Whether there is a value a pixel, not a patch.</summary>
    public bool IsPixelwise { get; init; }

    /// <summary>
    /// Of measurements: relevance of every value of the input, row-major as in <see cref="Tracing.Trace{T}.Input"/> (time, channels), where
    /// the method reaches it; null for pictures, text and methods that stop at tokens.
    /// </summary>
    public IReadOnlyList<T>? InputValues { get; init; }

    /// <summary>Why the map says nothing (constant, or not finite and therefore set to zeros); null for a good map.</summary>
    public string? Degenerate { get; init; }

    /// <summary>Figures the method reports about itself, such as a convergence error.</summary>
    public IReadOnlyDictionary<string, double> Diagnostics { get; init; } = new Dictionary<string, double>();

    /// <summary>The same map in another precision.</summary>
    internal RelevanceMap<TOther> To<TOther>()
        where TOther : unmanaged, IBinaryFloatingPointIeee754<TOther> =>
        new()
        {
            Values = Array.ConvertAll(Values, TOther.CreateTruncating),
            Rows = Rows,
            Columns = Columns,
            IsPixelwise = IsPixelwise,
            InputValues = InputValues is null ? null : [.. InputValues.Select(TOther.CreateTruncating)],
            Degenerate = Degenerate,
            Diagnostics = Diagnostics,
        };

    /// <summary>Makes a map of values, and finds out whether it says anything.</summary>
    internal static RelevanceMap<T> Of(T[] values, int rows, int columns, IReadOnlyDictionary<string, double>? diagnostics = null)
    {
        var reason = values.Any(v => !T.IsFinite(v)) ? "some values are not finite; shown as zeros"
            : values.All(v => v == values[0]) ? "all values are equal; shown as zeros"
            : null;
        return new()
        {
            Values = reason is null ? values : new T[values.Length],
            Rows = rows,
            Columns = columns,
            Degenerate = reason,
            Diagnostics = diagnostics ?? new Dictionary<string, double>(),
        };
    }
}
