using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Mambascope.Attribution;
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
            Blocks = CaseBlock.Of(cases.ItemsOfFiles, shard, shards),
        };
    }

    /// <summary>The measure.</summary>
    public IMeasure Measure { get; }

    /// <summary>What decides the results.</summary>
    public EvaluationSettings Settings { get; }

    /// <summary>All lines of the shard; an item that cannot be read is an error here.</summary>
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
                lines.AddRange(finished.LeftOut is { } reason ? throw new BadInputException(reason) : finished.Lines);
                progress?.Report(++done);
            },
            cancellation);
        return lines;
    }

    /// <summary>Works through the cases of the shard from the given place on.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="first">Cases of the shard that are done already.</param>
    /// <param name="count">Cases to do at most.</param>
    /// <param name="finished">
    /// Called with the lines of each case, or why it was left out, one after the other, in order; never at the same time.
    /// </param>
    /// <param name="cancellation">Stops between cases.</param>
    public void Run(
        Workers workers, int first, int count, Action<CaseResults> finished, CancellationToken cancellation = default)
    {
        var (last, waiting) = ((int)Math.Min(Settings.UnitCount, (long)first + count), new Dictionary<int, CaseResults>());
        var next = 0;
        using var alone = new Workers(1);
        workers.For(Math.Max(0, last - first), i =>
        {
            cancellation.ThrowIfCancellationRequested();
            var results = ResultsOf(Settings.UnitAt(first + i), alone);
            lock (waiting)
            {
                for (waiting.Add(i, results); waiting.Remove(next, out var ready); next++)
                {
                    finished(ready);
                }
            }
        });
    }

    /// <summary>
    /// Does one case on one thread, for its time alone: that of the clock for reading, of the processor for all else, since other programs
    /// may be at work on the same cores.
    /// </summary>
    /// <param name="place">Its place in the shard.</param>
    /// <exception cref="BadInputException">It cannot be read.</exception>
    public CaseTimes Time(int place)
    {
        using var alone = new Workers(1);
        var pool = pools.TryTake(out var used) ? used : new();
        var (unit, clock) = (Settings.UnitAt(place), Stopwatch.StartNew());
        var input = cases.Read(unit);
        var (read, models, lines) = (clock.Elapsed.TotalSeconds, new List<ModelTimes>(), new List<ResultLine>());
        var last = Environment.CpuUsage.TotalTime;
        foreach (var (m, run) in input.Runs(Settings.Explained, alone, pool).Index())
        {
            var forward = Lap();
            var (maps, times) = (new List<MeasuredMap>(), new List<double>());
            using (run)
            {
                foreach (var method in methods[m])
                {
                    maps.Add(new(method, method.Map(run)));
                    times.Add(Lap());
                }
            }

            var records = measuring[m].Value(run.Case, maps, alone, pool);
            models.Add(new(forward, times, Lap()));
            lines.AddRange(maps.Zip(records, (map, record) => LineOf(unit, m, run.Case, input, map, record)));
            Lap();
        }

        pools.Add(pool);
        Array.ForEach([.. lines], line => ResultLine.Parse(line.ToLine(), "", 0));
        return new(read, models, Lap());

        double Lap()
        {
            var now = Environment.CpuUsage.TotalTime;
            var lap = (now - last).TotalSeconds;
            last = now;
            return lap;
        }
    }

    /// <summary>
    /// Goes on with a file of results, or starts it. What is there is held against the data as they are now: a picture that was replaced or
    /// renamed is refused, one that could not be read is tried again.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="workers">Threads.</param>
    /// <exception cref="BadInputException">The file is of another run, damaged or in use, or the data have changed.</exception>
    public ResultFile Resume(string path, Workers workers)
        => ResultFile.Resume(path, Settings, stored => Revised(stored, path, workers));

    // Cases left out at the end are simply done again, in their turn; those before the end now, so that what follows them stays.
    private CaseResults[] Revised(IReadOnlyList<CaseResults> stored, string path, Workers workers)
    {
        CaseResults[] kept = [.. stored.Take(1 + stored.ToList().FindLastIndex(each => each.LeftOut is null))];
        using var alone = new Workers(1);
        workers.For(kept.Length, i =>
        {
            var old = kept[i];
            if (cases.Id(old.Index) is var name && cases.MayLeaveOut && name != old.Id)
            {
                throw Changed(old, path, $"is {Printable.Name(old.Id)} there and {Printable.Name(name)} in the data now");
            }

            if (old.LeftOut is null)
            {
                Compare(old, path);
            }
            else if (ResultsOf(old.Index, alone) is { LeftOut: null } mended)
            {
                kept[i] = mended;
            }
        });
        return kept;
    }

    private void Compare(CaseResults old, string path)
    {
        CaseInput now;
        try
        {
            now = cases.Read(old.Index);
        }
        catch (BadInputException error)
        {
            throw Changed(old, path, $"({Printable.Name(old.Id)}) could be read then and cannot now: {error.Message}");
        }

        var model = -1;
        string? last = null;
        foreach (var line in old.Lines)
        {
            model += line.Model == last ? 0 : 1;
            last = line.Model;
            if (line.Id != now.Id || line.Input != now.Fingerprints[model])
            {
                throw Changed(old, path, $"({Printable.Name(old.Id)}) is another now than when its results were written");
            }
        }
    }

    private BadInputException Changed(CaseResults old, string path, string what)
        => new($"{path}: {Settings.Kind.Name} {old.Index} {what}; put the data back, or begin anew with --force");

    private CaseResults ResultsOf(int unit, Workers alone)
    {
        CaseInput input;
        try
        {
            input = cases.Read(unit);
        }
        catch (BadInputException error) when (cases.MayLeaveOut)
        {
            return new(cases.Kind, unit, cases.Id(unit), [], error.Message);
        }

        var pool = pools.TryTake(out var used) ? used : new();
        var lines = LinesOf(unit, input, alone, pool);
        pools.Add(pool);
        return new(cases.Kind, unit, input.Id, lines);
    }

    // All lines of a case: models in their order, and methods in theirs.
    private List<ResultLine> LinesOf(int unit, CaseInput input, Workers alone, BufferPool<float> pool)
    {
        var lines = new List<ResultLine>();
        foreach (var (m, run) in input.Runs(Settings.Explained, alone, pool).Index())
        {
            var subject = run.Case;
            MeasuredMap[] maps;
            using (run)
            {
                maps = [.. methods[m].Select(method => new MeasuredMap(method, method.Map(run)))];
            }

            // The run's memory is back before the measure asks the model again.
            var records = measuring[m].Value(subject, maps, alone, pool);
            lines.AddRange(maps.Zip(records, (map, record) => LineOf(unit, m, subject, input, map, record)));
        }

        return lines;
    }

    private ResultLine LineOf(int unit, int model, Case subject, CaseInput input, MeasuredMap map, JsonObject record)
        => new(
            cases.Kind, unit, subject.Id, cases.Models[model].Name, map.Method.Name, subject.Answer, subject.Prediction, subject.Explained,
            subject.Columns, record)
        {
            Input = input.Fingerprints[model],
            ConvergenceError = ErrorOf(map),
        };

    // JSON has neither infinity nor what is no number.
    private static double? ErrorOf(MeasuredMap map)
        => map.Method.Attribution is { Method: var method } && IntegratedGradients.ErrorOf(method, map.Map) is { } error
            ? (double.IsFinite(error) ? error : double.MaxValue)
            : null;
}
