using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Reports;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Runs;

/// <summary>
/// A test of explanations: measures the maps of one image after the other, and sums up from the lines alone. The runner does the rest:
/// explaining, threads, files. <see cref="ImageTests"/> lists them.
/// </summary>
public abstract class ImageTest
{
    /// <summary>Name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>One line: what is measured.</summary>
    public abstract string Description { get; }

    /// <summary>What the results depend on beside images, models, methods and seed. <see cref="ImageTests.Read"/> makes the test of them again.</summary>
    public abstract JsonObject Options { get; }

    /// <summary>Whether it compares with true classes.</summary>
    public virtual bool NeedsLabels => false;

    /// <summary>Whether it compares with masks.</summary>
    public virtual bool NeedsMasks => false;

    /// <summary>Makes what all images of a model share. A run does so once for each of its models.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">The run's seed, for what is drawn.</param>
    public abstract IPreparedTest Prepare(TestModel model, int seed);

    /// <summary>The data set's figures: a table with a row for every model and method, in the order of the lines.</summary>
    public abstract ResultTable Table(IReadOnlyList<MethodLines> methods);

    /// <summary>Curves over the data set, where the test has some: a chart's title and its series.</summary>
    public virtual IReadOnlyList<TestCurves> Curves(IReadOnlyList<MethodLines> methods) => [];

    /// <summary>The figures by which methods are ranked and slices are cut.</summary>
    public abstract IReadOnlyList<TestFigure> Figures { get; }
}

/// <summary>A test ready for the images of one model. Holds nothing that an image leaves behind; several threads use it at once.</summary>
public interface IPreparedTest
{
    /// <summary>Measures all maps of an image: what they share (masked pictures, changed copies) is done once.</summary>
    /// <param name="image">The image.</param>
    /// <param name="maps">A map of every method, all for the class <see cref="TestImage.Explained"/>.</param>
    /// <param name="workers">One thread.</param>
    /// <param name="pool">Memory.</param>
    /// <returns>A record a map, in their order. It is stored in the line and is all that summaries see.</returns>
    IReadOnlyList<JsonObject> Measure(TestImage image, IReadOnlyList<TestMap> maps, Workers workers, BufferPool<float> pool);
}

/// <summary>A map under test.</summary>
/// <param name="Method">What made it, for tests that ask for another under other circumstances.</param>
/// <param name="Map">The map.</param>
public sealed record TestMap(TestMethod Method, RelevanceMap<float> Map);

/// <summary>The lines of one model and method, in the order of the images.</summary>
/// <param name="Model">The model.</param>
/// <param name="Method">Method or control.</param>
/// <param name="Lines">One an image.</param>
public sealed record MethodLines(string Model, string Method, IReadOnlyList<ResultLine> Lines)
{
    /// <summary>All lines of a run by model and method.</summary>
    public static IReadOnlyList<MethodLines> Of(IEnumerable<ResultLine> lines)
        => [.. lines.GroupBy(line => (line.Model, line.Method)).Select(group => new MethodLines(group.Key.Model, group.Key.Method, [.. group.OrderBy(line => line.Image)]))];
}

/// <summary>A figure of a test: what it is called and how it comes from lines.</summary>
/// <param name="Name">In files.</param>
/// <param name="Heading">For people, with unit.</param>
/// <param name="IsHigherBetter">Which way is good.</param>
/// <param name="Measure">The figure, for intervals, rankings and slices; lines of one model and method.</param>
/// <param name="PerImage">The figure of one image alone, to find the best and the worst.</param>
public sealed record TestFigure(string Name, string Heading, bool IsHigherBetter, Func<MethodLines, Statistics.Measured> Measure, Func<ResultLine, double> PerImage);

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
