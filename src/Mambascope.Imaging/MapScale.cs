namespace Mambascope.Imaging;

/// <summary>Between which values the colours of a map run.</summary>
public enum MapRange
{
    /// <summary>
    /// From 0 to a reach, or, where there are negative values, equally far to both sides of 0. What lies beyond the reach gets the last
    /// colour.
    /// </summary>
    FromZero,

    /// <summary>
    /// From the least to the greatest value, wherever 0 lies: how the papers draw their maps. The same colour means another value in every
    /// map.
    /// </summary>
    MinMax,
}

/// <summary>How a <see cref="MapScale"/> is made of values.</summary>
public sealed record MapScaleRule
{
    /// <summary>
    /// The share of values whose size the scale spans. Chosen by looking at maps of MambaLRP, input × gradient and Mamba-Attribution
    /// over scenes: at 1 a single patch takes all the colour, at 0.95 and below whole areas become one flat colour.
    /// </summary>
    public const double StandardQuantile = 0.97;

    /// <summary>
    /// The colours; null for <see cref="ColorMap.Diverging"/> where there are negative values and <see cref="ColorsWithoutSign"/> where
    /// there are none.
    /// </summary>
    public ColorMap? Colors { get; init; }

    /// <summary>The colours of values without a sign, if <see cref="Colors"/> does not say.</summary>
    public ColorMap ColorsWithoutSign { get; init; } = ColorMap.Warm;

    /// <summary>Between which values the colours run.</summary>
    public MapRange Range { get; init; }

    /// <summary>
    /// The quantile of absolute values that is the reach of <see cref="MapRange.FromZero"/>, above 0 and at most 1; 1 clips nothing.
    /// </summary>
    public double ClipQuantile { get; init; } = StandardQuantile;
}

/// <summary>Which value gets which colour, and what is to be said about it. Values that are not finite have no part in it.</summary>
public sealed record MapScale
{
    private MapScale() { }

    /// <summary>The colours.</summary>
    public required ColorMap Colors { get; init; }

    /// <summary>The value of the first colour.</summary>
    public required double Minimum { get; init; }

    /// <summary>The value of the last colour; above the minimum.</summary>
    public required double Maximum { get; init; }

    /// <summary>The least finite value; 0 if there is none.</summary>
    public required double Least { get; init; }

    /// <summary>The greatest finite value; 0 if there is none.</summary>
    public required double Greatest { get; init; }

    /// <summary>How it was made.</summary>
    public required MapScaleRule Rule { get; init; }

    /// <summary>Values that are not finite.</summary>
    public required int MissingCount { get; init; }

    /// <summary>Why the map ranks nothing: all its values are equal, or none is finite. Null for a map that says something.</summary>
    public required string? Degenerate { get; init; }

    /// <summary>Whether 0 lies between the ends, in the middle.</summary>
    public bool IsSigned => Rule.Range == MapRange.FromZero && Minimum < 0;

    /// <summary>Some values lie below <see cref="Minimum"/> and have its colour.</summary>
    public bool IsClippedBelow => Least < Minimum;

    /// <summary>Some values lie above <see cref="Maximum"/> and have its colour.</summary>
    public bool IsClippedAbove => Greatest > Maximum;

    /// <summary>What clipping did, for people; null where nothing is clipped.</summary>
    public string? ClipNote
    {
        get
        {
            if (!IsClippedBelow && !IsClippedAbove)
            {
                return null;
            }

            var range = $"{Ticks.Format(Least)} to {Ticks.Format(Greatest)}";
            return FormattableString.Invariant($"{100 * Rule.ClipQuantile:0.##} % of values within; full range {range}");
        }
    }

    /// <summary>
    /// The scale of <paramref name="values"/>. If nothing but zeros lies below the quantile, it spans all values; if there are only zeros,
    /// 0 to 1.
    /// </summary>
    /// <exception cref="ArgumentException">The clip quantile is not above 0 and at most 1.</exception>
    public static MapScale Of(ReadOnlySpan<float> values, MapScaleRule? rule = null)
    {
        rule ??= new();
        if (!(rule.ClipQuantile is > 0 and <= 1))
        {
            throw new ArgumentException($"expected a clip quantile above 0 and at most 1, found {rule.ClipQuantile}", nameof(rule));
        }

        var sizes = new List<float>(values.Length);
        var (least, greatest) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (var value in values)
        {
            if (float.IsFinite(value))
            {
                sizes.Add(Math.Abs(value));
                (least, greatest) = (Math.Min(least, value), Math.Max(greatest, value));
            }
        }

        if (sizes.Count == 0)
        {
            (least, greatest) = (0, 0);
        }

        var degenerate = sizes.Count == 0 ? "no value is a finite number"
            : least == greatest ? $"constant map ({Ticks.Format(least)}): nothing stands out"
            : null;
        var colors = rule.Colors ?? (least < 0 && rule.Range == MapRange.FromZero ? ColorMap.Diverging : rule.ColorsWithoutSign);
        var (minimum, maximum) = rule.Range == MapRange.MinMax
            ? (least, greatest)
            : FromZero(sizes, least < 0 || colors.IsDiverging, rule.ClipQuantile);
        return new()
        {
            Colors = colors,
            Minimum = minimum,
            Maximum = maximum > minimum ? maximum : minimum + 1,
            Least = least,
            Greatest = greatest,
            Rule = rule,
            MissingCount = values.Length - sizes.Count,
            Degenerate = degenerate,
        };
    }

    /// <summary>Where the value lies between the ends, 0 to 1; NaN stays NaN.</summary>
    public float Position(float value) => (float)Math.Clamp((value - Minimum) / (Maximum - Minimum), 0, 1);

    /// <summary>
    /// How much of its colour a value shows when relevance sets the opacity: 0 at 0 to 1 at either end, in proportion. 0 for every value of
    /// a degenerate map, and for one that is not finite.
    /// </summary>
    public float Strength(float value)
    {
        if (Degenerate is not null || !float.IsFinite(value))
        {
            return 0;
        }

        return Rule.Range == MapRange.MinMax ? Position(value) : (float)Math.Min(Math.Abs(value) / Maximum, 1);
    }

    /// <summary>The numbers of a short bar: its ends, and 0 where it lies between them.</summary>
    internal List<(double At, string Label)> Ends()
    {
        List<(double At, string Label)> labels =
            [(0, (IsClippedBelow ? "≤ " : "") + Ticks.Format(Minimum)), (1, (IsClippedAbove ? "≥ " : "") + Ticks.Format(Maximum))];
        var zero = -Minimum / (Maximum - Minimum);
        if (zero is > 0 and < 1)
        {
            // Close to an end the number would run into that of the end; the line stays.
            labels.Add((zero, zero is > 0.2 and < 0.8 ? "0" : ""));
        }

        return labels;
    }

    /// <summary>The numbers of a long bar: its ends, and round values that keep clear of them.</summary>
    internal List<(double At, string Label)> Labels()
    {
        var labels = Ends()[..2];
        foreach (var tick in Ticks.Between(Minimum, Maximum, 7))
        {
            var at = (tick - Minimum) / (Maximum - Minimum);
            if (at is > 0.04 and < 0.96)
            {
                labels.Add((at, Ticks.Format(Math.Abs(tick) < (Maximum - Minimum) * 1e-9 ? 0 : tick)));
            }
        }

        return labels;
    }

    private static (double Minimum, double Maximum) FromZero(List<float> sizes, bool isSigned, double quantile)
    {
        sizes.Sort();
        double reach = sizes.Count == 0 ? 0 : sizes[Math.Clamp((int)Math.Ceiling(quantile * sizes.Count) - 1, 0, sizes.Count - 1)];
        if (reach == 0)
        {
            reach = sizes.Count == 0 || sizes[^1] == 0 ? 1 : sizes[^1];
        }

        return (isSigned ? -reach : 0, reach);
    }
}

/// <summary>What the ends of a scale mean, in the words of whoever shows it.</summary>
/// <param name="Most">The high end, for instance "for Sandal".</param>
/// <param name="Least">The low end of signed values, for instance "against Sandal"; not shown for values without a sign.</param>
/// <param name="Unit">What the numbers are, for instance "logit"; or null.</param>
public sealed record ScaleWords(string? Most = null, string? Least = null, string? Unit = null);
