using Mambascope.Evaluation.Statistics;

namespace Mambascope.Evaluation.Measures;

/// <summary>A mean over cases.</summary>
/// <param name="Name">In files.</param>
/// <param name="Heading">For people.</param>
/// <param name="IsHigherBetter">Which way is good; null for a figure that ranks nothing.</param>
/// <param name="PerCase">The figure of each of a model and method's cases. Most look at one record at a time.</param>
/// <typeparam name="TRecord">What is measured of one map.</typeparam>
public sealed record MeanFigure<TRecord>(string Name, string Heading, bool? IsHigherBetter, Func<IReadOnlyList<TRecord>, double[]> PerCase)
{
    /// <summary>A figure of one record.</summary>
    public MeanFigure(string name, string heading, bool? isHigherBetter, Func<TRecord, double> value)
        : this(name, heading, isHigherBetter, records => [.. records.Select(value)])
    {
    }

    /// <summary>Shown as a percentage.</summary>
    public bool IsShare { get; init; }

    /// <summary>Decimals in tables.</summary>
    public int Decimals { get; init; } = 3;

    /// <summary>The records that the figure is defined for, and the mean is over; null for all.</summary>
    public Func<TRecord, bool>? Where { get; init; }

    /// <summary>Those of some records that have the figure.</summary>
    public IReadOnlyList<TRecord> In(IReadOnlyList<TRecord> records) => Where is null ? records : [.. records.Where(Where)];

    /// <summary>The figure over cases, all of which have it.</summary>
    public Measured Of(string name, IReadOnlyList<TRecord> records) => Measured.Mean(name, PerCase(records));
}
