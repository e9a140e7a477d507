namespace Mambascope.Evaluation.Reports;

/// <summary>What the cells of a column hold.</summary>
public enum ResultKind
{
    /// <summary>Words.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A number with the ends of its interval.</summary>
    Interval,

    /// <summary>A whole number of things.</summary>
    Count,
}

/// <summary>A column of a <see cref="ResultTable"/>.</summary>
/// <param name="Name">
/// Its name in files: lower case with underscores. An interval column gives three in files: <c>auc</c>, <c>auc_lower</c>, <c>auc_upper</c>.
/// </param>
/// <param name="Kind">What its cells hold.</param>
public sealed record ResultColumn(string Name, ResultKind Kind)
{
    /// <summary>What a reader sees above it; the name by default.</summary>
    public string Heading { get; init; } = Name;

    /// <summary>Unit of its numbers, such as "%" or "ms", or null.</summary>
    public string? Unit { get; init; }

    /// <summary>What a reader sees is the value times this: 100 where files hold a share and readers percent.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Decimals that a reader sees. Files hold every digit.</summary>
    public int Decimals { get; init; } = 3;

    /// <summary>The same with one for percentages, everywhere.</summary>
    public int ShownDecimals => Unit == "%" ? 1 : Decimals;
}
