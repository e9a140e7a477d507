using System.Text.Json.Nodes;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Measures;

/// <summary>
/// A measure of explanations: what is measured of the maps of one case, and how figures come from the records of many. It sums up from
/// result lines alone. <see cref="Runs.MeasureRun"/> does the rest (explaining, threads, order); <see cref="MeasureRegistry"/> lists them.
/// Most measures are a <see cref="MeanMeasure{TCase, TRecord}"/>.
/// </summary>
public interface IMeasure
{
    /// <summary>Name in files and, without the prefix <c>text-</c>, on the command line.</summary>
    string Name { get; }

    /// <summary>One line: what is measured.</summary>
    string Description { get; }

    /// <summary>
    /// What the results depend on beside data, models, methods and seed. <see cref="MeasureRegistry.Read"/> makes the measure of them
    /// again.
    /// </summary>
    JsonObject Options { get; }

    /// <summary>What it measures on.</summary>
    CaseKind Kind { get; }

    /// <summary>What it has to be told about the data.</summary>
    KnownFacts Needs => KnownFacts.None;

    /// <summary>Which answer has to be explained; null where any will do.</summary>
    ExplainedClass? Explains => null;

    /// <summary>The figures by which methods are ranked and slices are cut.</summary>
    IReadOnlyList<MeasureFigure> Figures { get; }

    /// <summary>
    /// Figures that should say the same, higher being better: methods are then ranked by all of them together, only where they agree, and
    /// not by each of <see cref="Figures"/>. Empty for most.
    /// </summary>
    IReadOnlyList<MeasureFigure> Agreeing => [];

    /// <summary>How often the model is asked again about each map; null where that is no fixed number.</summary>
    int? RunsOfMap => null;

    /// <summary>Makes what all cases of a model share. A run does so once for each of its models.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">The run's seed, for what is drawn.</param>
    /// <returns>Measures one case after the other; several threads use it at once.</returns>
    Measuring Prepare(MeasuredModel model, int seed);

    /// <summary>The data set's figures: a table with a row for every model and method, in the order of the lines.</summary>
    ResultTable Table(IReadOnlyList<MethodLines> methods);

    /// <summary>Curves over the data set, where there are some.</summary>
    IReadOnlyList<MeasureCurves> Curves(IReadOnlyList<MethodLines> methods) => [];
}

/// <summary>Measures all maps of a case: what they share (masked pictures, changed texts) is done once.</summary>
/// <param name="subject">The case.</param>
/// <param name="maps">A map of every method, all for the answer <see cref="Case.Explained"/>.</param>
/// <param name="workers">One thread.</param>
/// <param name="pool">Memory.</param>
/// <returns>A record a map, in their order. It is stored in the line and is all that summaries see.</returns>
public delegate IReadOnlyList<JsonObject> Measuring(Case subject, IReadOnlyList<MeasuredMap> maps, Workers workers, BufferPool<float> pool);
