using System.Text.Json.Nodes;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;

namespace Mambascope.Evaluation.Summaries;

/// <summary>
/// What the lines of an evaluation say: the measure's table and curves, the ranking of its methods, slices by columns, and what a reader
/// should know before believing them. Made of result lines alone, whether or not the run is finished.
/// </summary>
public sealed class EvaluationSummary
{
    private const int LongestName = 200; // names come out of a file, which may be anybody's

    private EvaluationSummary(StoredResults stored, IMeasure measure, IReadOnlyList<string> columns)
    {
        (Stored, Measure) = (stored, measure);
        Methods = MethodLines.Of(stored.Lines);
        Table = MethodCautions.In(measure.Table(Methods), measure.Kind);
        Slices = columns.Count == 0 ? null : SliceTable.Of(measure, stored.Settings, Methods, columns);
        Curves = measure.Curves(Methods);
        Ranking = RankingTable.Of(measure, Methods);
    }

    /// <summary>The run's settings, its lines, and the cases that were left out.</summary>
    public StoredResults Stored { get; }

    /// <summary>What was measured.</summary>
    public IMeasure Measure { get; }

    /// <summary>The lines by model and method.</summary>
    public IReadOnlyList<MethodLines> Methods { get; }

    /// <summary>A row for every model and method, marked where something is known against it.</summary>
    public ResultTable Table { get; }

    /// <summary>Of each figure and model the methods from best to worst.</summary>
    public ResultTable Ranking { get; }

    /// <summary>The same for readers: a table a figure, its values in the units of <see cref="Table"/>.</summary>
    public IReadOnlyList<ResultTable> Rankings => RankingTable.ByFigure(Ranking, Measure, Table);

    /// <summary>Figures by group; null where no column was named.</summary>
    public ResultTable? Slices { get; }

    /// <summary>Curves over the data set, where the measure has some.</summary>
    public IReadOnlyList<MeasureCurves> Curves { get; }

    /// <summary>The same for readers: each chart once for every model, its series called after the methods alone.</summary>
    public IEnumerable<(string Model, MeasureCurves Chart)> CurvesByModel
        => Curves.Index().SelectMany(each => Methods.GroupBy(method => method.Model, StringComparer.Ordinal).Select(model => (
            model.Key,
            Named(Measure.Curves([.. model])[each.Index], model.Key))));

    /// <summary>What a reader should know of the methods in the table, each once, in the order of the table.</summary>
    public IEnumerable<(string Method, string Words)> Cautions
        => Methods.Select(method => method.Method).Distinct(StringComparer.Ordinal)
            .Select(name => (Name: name, Words: MethodCautions.Of(name, Measure.Kind)))
            .Where(each => each.Words is not null)
            .Select(each => (each.Name, each.Words!));

    /// <summary>Methods some of whose maps did not converge, and how many maps.</summary>
    public IEnumerable<(MethodLines Method, int Count)> Unconverged
        => Methods.Select(method => (method, method.Lines.Count(line => line.ConvergenceError > ResultLine.LargestError)))
            .Where(doubt => doubt.Item2 > 0);

    /// <summary>How many cases were left out, and which, for people; null where none was.</summary>
    public string? LeftOut => LeftOutOf(Stored);

    /// <summary>Sums up a file of results.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Columns to cut by: <c>label</c>, <c>prediction</c> or columns of the data.</param>
    /// <exception cref="BadInputException">No such file, a damaged line (the message names it), no result yet, no such column.</exception>
    public static EvaluationSummary Read(string path, IReadOnlyList<string> columns)
    {
        var stored = ResultFile.Read(path);
        return Of(stored, MeasureRegistry.Read(stored.Settings), columns);
    }

    /// <summary>Sums up results.</summary>
    /// <param name="stored">Settings and lines.</param>
    /// <param name="measure">What wrote them.</param>
    /// <param name="columns">As for <see cref="Read"/>.</param>
    /// <exception cref="BadInputException">There is no result, a record does not fit the measure, or there is no such column.</exception>
    public static EvaluationSummary Of(StoredResults stored, IMeasure measure, IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(stored);
        ArgumentNullException.ThrowIfNull(measure);
        ArgumentNullException.ThrowIfNull(columns);
        return stored.Lines.Count > 0
            ? RecordCheck.Guarded(measure, stored.Lines, () => new EvaluationSummary(stored, measure, columns))
            : throw new BadInputException(
                LeftOutOf(stored) ?? "there is no result yet: the run was stopped before its first result was complete");
    }

    /// <summary>The whole summary for programs.</summary>
    public JsonObject ToJson()
    {
        var (settings, lines) = Stored;
        return new()
        {
            ["test"] = Measure.Name,
            ["data"] = settings.Data,
            [settings.Kind.Plural] = settings.UnitCount,
            [$"finished_{settings.Kind.Plural}"] = lines.Count / settings.LinesPerUnit,
            ["explained"] = settings.Explained.ToString().ToLowerInvariant(),
            ["left_out"] = new JsonArray([.. Stored.LeftOut.Select(each => new JsonObject
            {
                [settings.Kind.Name] = each.Index,
                ["id"] = each.Id,
                ["reason"] = each.LeftOut,
            })]),
            ["unconverged"] = new JsonArray([.. Unconverged.Select(doubt => new JsonObject
            {
                ["model"] = doubt.Method.Model,
                ["method"] = doubt.Method.Method,
                ["maps"] = doubt.Count,
            })]),
            ["options"] = Measure.Options,
            ["note"] = Table.Note,
            ["results"] = JsonTable.ToJson(Table),
            ["curves"] = new JsonArray([.. Curves.Select(ToJson)]),
            ["ranking"] = JsonTable.ToJson(Ranking),
            ["slices"] = Slices is null ? null : JsonTable.ToJson(Slices),
            ["cautions"] = new JsonObject([.. Cautions.Select(each => KeyValuePair.Create(each.Method, (JsonNode?)each.Words))]),
        };
    }

    /// <summary>How readers see a figure: the column of <see cref="Table"/> that shows it, if any.</summary>
    internal ResultColumn? ColumnOf(MeasureFigure figure) => RankingTable.ColumnOf(figure, Table);

    private static MeasureCurves Named(MeasureCurves chart, string model)
        => chart with { Series = [.. chart.Series.Select(series => (WithoutModel(series.Name, model), series.Points))] };

    private static string WithoutModel(string name, string model)
        => name.StartsWith(model + " ", StringComparison.Ordinal) ? name[(model.Length + 1)..] : name;

    private static JsonObject ToJson(MeasureCurves chart) => new()
    {
        ["title"] = chart.Title,
        ["series"] = new JsonArray([.. chart.Series.Select(series => new JsonObject
        {
            ["name"] = series.Name,
            ["x"] = new JsonArray([.. series.Points.Select(point => (JsonNode)point.X)]),
            ["y"] = new JsonArray([.. series.Points.Select(point => (JsonNode)point.Y)]),
        })]),
    };

    private static string? LeftOutOf(StoredResults stored)
    {
        const int Shown = 5;
        var (count, kind) = (stored.LeftOut.Count, stored.Settings.Kind);
        return count == 0 ? null
            : $"{count} of {stored.Settings.UnitCount} {kind.Plural} could not be read and {(count == 1 ? "is" : "are")} left out: "
                + $"{string.Join("; ", stored.LeftOut.Take(Shown).Select(each => $"{OneLine.Of(each.LeftOut!, LongestName)}"))}"
                + $"{(count > Shown ? "; ..." : "")}";
    }
}
