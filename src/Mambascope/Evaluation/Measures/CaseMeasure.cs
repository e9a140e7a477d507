using System.Text.Json.Nodes;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Measures;

/// <summary>A measure of cases of one type, with records of one type.</summary>
/// <typeparam name="TCase">What is measured.</typeparam>
/// <typeparam name="TRecord">What is measured of one map.</typeparam>
public abstract class CaseMeasure<TCase, TRecord> : IMeasure
    where TCase : Case
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract string Description { get; }

    /// <inheritdoc/>
    public virtual JsonObject Options => [];

    /// <inheritdoc/>
    public abstract CaseKind Kind { get; }

    /// <inheritdoc/>
    public virtual KnownFacts Needs => KnownFacts.None;

    /// <inheritdoc/>
    public virtual ExplainedClass? Explains => null;

    /// <inheritdoc/>
    public abstract IReadOnlyList<MeasureFigure> Figures { get; }

    /// <inheritdoc/>
    public virtual IReadOnlyList<MeasureFigure> Agreeing => [];

    /// <inheritdoc/>
    public virtual int? RunsOfMap => null;

    /// <inheritdoc/>
    public Measuring Prepare(MeasuredModel model, int seed)
    {
        var measuring = Begin(model, seed);
        return (subject, maps, workers, pool) => [.. measuring((TCase)subject, maps, workers, pool).Select(ResultLine.RecordOf)];
    }

    /// <inheritdoc/>
    public abstract ResultTable Table(IReadOnlyList<MethodLines> methods);

    /// <inheritdoc/>
    public virtual IReadOnlyList<MeasureCurves> Curves(IReadOnlyList<MethodLines> methods) => [];

    /// <summary>As <see cref="Prepare"/>, with the types of this measure.</summary>
    /// <param name="model">The model, of the subtype that belongs to the cases.</param>
    /// <param name="seed">The run's seed.</param>
    protected abstract Measuring<TCase, TRecord> Begin(MeasuredModel model, int seed);

    /// <summary>The records of a model and method, in the order of the data.</summary>
    protected static TRecord[] Records(MethodLines lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return lines.Records<TRecord>();
    }
}

/// <summary>As <see cref="Measuring"/>, with types.</summary>
/// <param name="subject">The case.</param>
/// <param name="maps">A map of every method.</param>
/// <param name="workers">One thread.</param>
/// <param name="pool">Memory.</param>
/// <typeparam name="TCase">What is measured.</typeparam>
/// <typeparam name="TRecord">What is measured of one map.</typeparam>
/// <returns>A record a map, in their order.</returns>
public delegate IEnumerable<TRecord> Measuring<TCase, TRecord>(
    TCase subject, IReadOnlyList<MeasuredMap> maps, Workers workers, BufferPool<float> pool);
