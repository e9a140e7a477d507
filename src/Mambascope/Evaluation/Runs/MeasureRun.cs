using System.Collections.Concurrent;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Results;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Runs;

/// <summary>
/// Runs data x models x methods through one measure, whatever the input. Cases are shared among threads, each worked on by one; results
/// leave in the order of the data, so neither threads nor interruptions change a byte of them.
/// <code>
/// using var model = ImageClassifier.Open("demo-vim");
/// var cases = new PictureCases(DatasetSpecification.Open("fashion-scenes:test:100"), [PictureModel.Of(model)]);
/// MeasuredMethod[] methods = [MeasuredMethod.Of(new AttentionRollout(), new()), .. cases.Controls(seed: 0)];
/// var measure = new PerturbationMeasure(new());
/// var lines = new MeasureRun(measure, cases, [methods]).Lines(model.Workers);
/// CsvTable.Save(measure.Table(MethodLines.Of(lines)), "perturbation.csv");
/// </code>
/// </summary>
public sealed class MeasureRun
{
    private readonly CaseSet cases;
    private readonly IReadOnlyList<IReadOnlyList<MeasuredMethod>> methods;
    private readonly IReadOnlyList<Lazy<Measuring>> measuring; // one a model, made when its first case is there
    private readonly ConcurrentBag<BufferPool<float>> pools = [];

    /// <summary>Sets up a run.</summary>
    /// <param name="measure">The measure.</param>
    /// <param name="cases">Data and models.</param>
    /// <param name="methods">The methods of each model, controls included.</param>
    /// <param name="explained">Which class or token is explained: the model's own answer or the true one.</param>
    /// <param name="seed">Seed of everything that is drawn.</param>
    /// <param name="shard">This part of the data, from 0.</param>
    /// <param name="shards">Parts in all.</param>
    /// <exception cref="BadInputException">The measure is of another kind of input, or the data lack what it needs.</exception>
    public MeasureRun(
        IMeasure measure,
        CaseSet cases,
        IReadOnlyList<IReadOnlyList<MeasuredMethod>> methods,
        ExplainedClass explained = ExplainedClass.Predicted,
        int seed = 0,
        int shard = 0,
        int shards = 1)
    {
        ArgumentNullException.ThrowIfNull(measure);
        ArgumentNullException.ThrowIfNull(cases);
        if (measure.Kind != cases.Kind)
        {
            throw new BadInputException($"{measure.Name} measures {measure.Kind.Plural}, and {cases.Name} has {cases.Kind.Plural}");
        }

        if (measure.Explains is { } only && only != explained)
        {
            throw new BadInputException($"{measure.Name} needs the {only.ToString().ToLowerInvariant()} {cases.Kind.Answer} explained");
        }

        cases.Require(measure.Needs, measure.Name, explained);
        (Measure, this.cases, this.methods) = (measure, cases, methods);
        measuring = [.. cases.Models.Select(model => new Lazy<Measuring>(() => measure.Prepare(model, seed)))];
        Settings = new(
            measure.Name, measure.Options, cases.Name, cases.Count, [.. cases.Models.Select(model => model.Fingerprint)],
            [.. methods.Select(list => (IReadOnlyList<string>)[.. list.Select(method => method.Name)])], explained, seed, shard, shards)
        {
            Kind = cases.Kind,
        };
    }

    /// <summary>The measure.</summary>
    public IMeasure Measure { get; }

    /// <summary>What decides the results.</summary>
    public EvaluationSettings Settings { get; }

    /// <summary>All lines of the shard.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="progress">Told the number of finished cases.</param>
    /// <param name="cancellation">Stops between cases.</param>
    public IReadOnlyList<ResultLine> Lines(Workers workers, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        var lines = new List<ResultLine>();
        var done = 0;
        Run(
            workers, first: 0, int.MaxValue, finished =>
            {
                lines.AddRange(finished);
                progress?.Report(++done);
            },
            cancellation);
        return lines;
    }

    /// <summary>Works through the cases of the shard from the given place on.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="first">Cases of the shard that are done already.</param>
    /// <param name="count">Cases to do at most.</param>
    /// <param name="finished">Called with the lines of each case, one after the other, in order; never at the same time.</param>
    /// <param name="cancellation">Stops between cases.</param>
    public void Run(
        Workers workers, int first, int count, Action<IReadOnlyList<ResultLine>> finished, CancellationToken cancellation = default)
    {
        var units = Settings.Units.Skip(first).Take(count).ToArray();
        var waiting = new Dictionary<int, IReadOnlyList<ResultLine>>();
        var next = 0;
        using var alone = new Workers(1);
        workers.For(units.Length, i =>
        {
            cancellation.ThrowIfCancellationRequested();
            var pool = pools.TryTake(out var used) ? used : new();
            var lines = LinesOf(units[i], alone, pool);
            pools.Add(pool);
            lock (waiting)
            {
                for (waiting.Add(i, lines); waiting.Remove(next, out var ready); next++)
                {
                    finished(ready);
                }
            }
        });
    }

    // All lines of a case: models in their order, and methods in theirs.
    private List<ResultLine> LinesOf(int unit, Workers alone, BufferPool<float> pool)
    {
        var lines = new List<ResultLine>();
        foreach (var (m, run) in cases.Runs(unit, Settings.Explained, alone, pool).Index())
        {
            var subject = run.Case;
            MeasuredMap[] maps;
            using (run)
            {
                maps = [.. methods[m].Select(method => new MeasuredMap(method, method.Map(run)))];
            }

            // The run's memory is back before the measure asks the model again.
            var records = measuring[m].Value(subject, maps, alone, pool);
            lines.AddRange(maps.Zip(records, (map, record) => new ResultLine(
                cases.Kind, unit, subject.Id, cases.Models[m].Name, map.Method.Name, subject.Answer, subject.Prediction, subject.Explained,
                subject.Columns, record)));
        }

        return lines;
    }
}
