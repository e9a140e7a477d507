namespace Mambascope.Imaging.Reports;

/// <summary>Curves over one axis, with intervals where there are any.</summary>
/// <param name="Title">What the curves show.</param>
/// <param name="X">The axis that runs to the right.</param>
/// <param name="Y">The axis that runs up.</param>
/// <param name="Series">The curves, in the order of the legend.</param>
public sealed record LineChart(string Title, ChartAxis X, ChartAxis Y, IReadOnlyList<ChartSeries> Series)
{
    /// <summary>
    /// Whether points are bars from zero, series beside series, in place of curves: for whole numbers on the axis to the right.
    /// </summary>
    public bool IsBars { get; init; }
}

/// <summary>An axis of a <see cref="LineChart"/>.</summary>
/// <param name="Label">What it measures.</param>
/// <param name="Unit">Unit, such as "%", or null for a number without one.</param>
public sealed record ChartAxis(string Label, string? Unit = null)
{
    /// <summary>Where it begins; by default where the data do.</summary>
    public double? Minimum { get; init; }

    /// <summary>Where it ends; by default where the data do.</summary>
    public double? Maximum { get; init; }

    /// <summary>Label and unit.</summary>
    internal string Text => Unit is null ? Label : $"{Label} ({Unit})";
}

/// <summary>A curve of a <see cref="LineChart"/>.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Points">Its points, x ascending. A point whose Y is NaN leaves a gap.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<ChartPoint> Points);

/// <summary>A point of a <see cref="ChartSeries"/>.</summary>
/// <param name="X">Where it stands.</param>
/// <param name="Y">Its value.</param>
/// <param name="Lower">Lower end of its interval, or null.</param>
/// <param name="Upper">Upper end of its interval, or null.</param>
public readonly record struct ChartPoint(double X, double Y, double? Lower = null, double? Upper = null);
