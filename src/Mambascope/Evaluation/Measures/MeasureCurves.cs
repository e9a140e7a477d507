namespace Mambascope.Evaluation.Measures;

/// <summary>A chart of a measure: series over a common axis.</summary>
/// <param name="Key">What machines call it, unique within the measure: words with underscores.</param>
/// <param name="Title">What it shows.</param>
/// <param name="XLabel">Axis, with unit.</param>
/// <param name="YLabel">Axis, with unit.</param>
/// <param name="Series">A name and points, from left to right.</param>
public sealed record MeasureCurves(
    string Key, string Title, string XLabel, string YLabel, IReadOnlyList<(string Name, IReadOnlyList<(double X, double Y)> Points)> Series)
{
    /// <summary>Least value of the vertical axis.</summary>
    public double YMinimum { get; init; }

    /// <summary>Greatest value of the vertical axis.</summary>
    public double YMaximum { get; init; } = 100;
}
