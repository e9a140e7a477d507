using System.Text.Json.Nodes;
using Mambascope.Evaluation.Reports;

namespace Mambascope.Evaluation.Runs;

/// <summary>
/// A test of explanations as result files, tables and reports know it: it sums up from lines alone, whatever they were measured on.
/// <see cref="EvaluationTests"/> finds the test that wrote a file.
/// </summary>
public interface IEvaluationTest
{
    /// <summary>Name in files; for tests of images also on the command line.</summary>
    string Name { get; }

    /// <summary>One line: what is measured.</summary>
    string Description { get; }

    /// <summary>What the results depend on beside data, models, methods and seed. <see cref="EvaluationTests.Read"/> makes the test of them again.</summary>
    JsonObject Options { get; }

    /// <summary>The figures by which methods are ranked and slices are cut.</summary>
    IReadOnlyList<TestFigure> Figures { get; }

    /// <summary>The data set's figures: a table with a row for every model and method, in the order of the lines.</summary>
    ResultTable Table(IReadOnlyList<MethodLines> methods);

    /// <summary>Curves over the data set, where the test has some: a chart's title and its series.</summary>
    IReadOnlyList<TestCurves> Curves(IReadOnlyList<MethodLines> methods) => [];
}

/// <summary>The lines of one model and method, in the order of the data.</summary>
/// <param name="Model">The model.</param>
/// <param name="Method">Method or control.</param>
/// <param name="Lines">One an image or question.</param>
public sealed record MethodLines(string Model, string Method, IReadOnlyList<ResultLine> Lines)
{
    /// <summary>All lines of a run by model and method.</summary>
    public static IReadOnlyList<MethodLines> Of(IEnumerable<ResultLine> lines)
        => [.. lines.GroupBy(line => (line.Model, line.Method)).Select(group => new MethodLines(group.Key.Model, group.Key.Method, [.. group.OrderBy(line => line.Index)]))];
}

/// <summary>A figure of a test: what it is called and how it comes from lines.</summary>
/// <param name="Name">In files.</param>
/// <param name="Heading">For people, with unit.</param>
/// <param name="IsHigherBetter">Which way is good.</param>
/// <param name="Measure">The figure, for intervals, rankings and slices; lines of one model and method.</param>
/// <param name="PerImage">The figure of one image or question alone, to find the best and the worst.</param>
public sealed record TestFigure(string Name, string Heading, bool IsHigherBetter, Func<MethodLines, Statistics.Measured> Measure, Func<ResultLine, double> PerImage)
{
    /// <summary>Whether an image or question has the figure; those that have not are left out of it.</summary>
    public Func<ResultLine, bool> IsDefined { get; init; } = static _ => true;

    /// <summary>The lines of each model and method that have the figure, where there are any.</summary>
    public IReadOnlyList<MethodLines> In(IReadOnlyList<MethodLines> methods)
        => [.. methods.Select(method => method with { Lines = [.. method.Lines.Where(IsDefined)] }).Where(method => method.Lines.Count > 0)];
}

/// <summary>A chart of a test: series over a common axis.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="XLabel">Axis, with unit.</param>
/// <param name="YLabel">Axis, with unit.</param>
/// <param name="Series">A name and points, from left to right.</param>
public sealed record TestCurves(string Title, string XLabel, string YLabel, IReadOnlyList<(string Name, IReadOnlyList<(double X, double Y)> Points)> Series)
{
    /// <summary>Least value of the vertical axis.</summary>
    public double YMinimum { get; init; }

    /// <summary>Greatest value of the vertical axis.</summary>
    public double YMaximum { get; init; } = 100;
}
