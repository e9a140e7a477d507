using System.Globalization;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Statistics;
using Mambascope.Evaluation.Summaries;

namespace Mambascope.Cli.Evaluating;

/// <summary>
/// What an audit says of groups within each class: a column that goes with the class cannot hide there behind classes that are easier, and
/// a model that reads the column in the object's stead is found.
/// </summary>
internal static class AuditWithinClasses
{
    private const string Accuracy = "accuracy";

    // What a column can change for a class; the areas under curves of a class alone are too wide to say anything.
    private static readonly string[] told = [Accuracy, "copies_accuracy", "outside", "on_mark"];

    /// <summary>All comparisons, by column, figure, model and class; none by a column that is the class itself.</summary>
    /// <param name="measure">The audit.</param>
    /// <param name="methods">Its lines.</param>
    /// <param name="columns">Columns to group by.</param>
    internal static IReadOnlyList<WithinClass> Of(IMeasure measure, IReadOnlyList<MethodLines> methods, IReadOnlyList<string> columns)
        =>
        [
            .. from column in columns
               where column is not ("label" or "prediction")
               from figure in measure.Figures.Where(figure => told.Contains(figure.Name))
               from model in figure.In(methods).GroupBy(method => method.Model, StringComparer.Ordinal)
               from method in AuditMeasure.IsOfModel(figure) ? model.Take(1) : model
               let names = NamesOfClasses(method, columns)
               from found in StrataReport.Of(
                   figure.Measure(method), [.. method.Lines.Select(line => names(line.Label!.Value))],
                   [.. method.Lines.Select(line => SliceTable.Group(line, column))])
               select new WithinClass(column, figure, method, found),
        ];

    /// <summary>How many there are, and how many are separated.</summary>
    internal static string InShort(IReadOnlyList<WithinClass> findings)
    {
        var all = findings.Where(finding => finding.IsOfAccuracy).ToArray();
        var separated = all.Count(finding => finding.Of.IsSeparated);
        return separated == 0
            ? $"Within the classes, none of {all.Length} differences in accuracy between a group and the other pictures of its class is "
                + "separated."
            : $"Within the classes, {separated} of {all.Length} differences in accuracy between a group and the other pictures of its "
                + $"class {(separated == 1 ? "is" : "are")} separated; by chance alone about {all.Length / 20.0:0.#} would be.";
    }

    /// <summary>All comparisons by one column as a table.</summary>
    internal static ResultTable Table(string column, IReadOnlyList<WithinClass> findings)
    {
        var table = new ResultTable(
            $"By {column}, within each class",
            new("figure", ResultKind.Text), new("model", ResultKind.Text), new("method", ResultKind.Text),
            new("class", ResultKind.Text), new("group", ResultKind.Text) { Heading = column }, new("images", ResultKind.Count),
            new("value", ResultKind.Interval) { Decimals = 3 },
            new("others", ResultKind.Number) { Heading = "others of the class", Decimals = 3 },
            new("against_rest", ResultKind.Interval) { Heading = "minus these", Decimals = 3 },
            new("separated", ResultKind.Text));
        foreach (var (_, figure, method, found) in findings)
        {
            table.Add(
                ResultCell.Text(figure.Heading),
                ResultCell.Text(method.Model),
                ResultCell.Text(AuditMeasure.IsOfModel(figure) ? "" : method.Method),
                ResultCell.Text(found.Stratum),
                ResultCell.Text(found.Slice.Key),
                ResultCell.Count(found.Slice.Value.Count),
                ResultCell.Interval(found.Slice.Value),
                ResultCell.Number(found.Rest),
                ResultCell.Interval(found.Slice.AgainstRest!.Value),
                ResultCell.Text(found.IsSeparated ? "yes" : ""));
        }

        return table;
    }

    // A column that has one value a class, and another for each, names the classes; without one they have numbers.
    private static Func<int, string> NamesOfClasses(MethodLines method, IReadOnlyList<string> columns)
    {
        foreach (var column in columns)
        {
            var pairs = method.Lines.Select(line => (Label: line.Label!.Value, Name: SliceTable.Group(line, column))).Distinct().ToArray();
            if (column is not ("label" or "prediction")
                && pairs.DistinctBy(pair => pair.Label).Count() == pairs.Length
                && pairs.DistinctBy(pair => pair.Name).Count() == pairs.Length)
            {
                var names = pairs.ToDictionary(pair => pair.Label, pair => pair.Name);
                return label => names[label];
            }
        }

        return label => string.Create(CultureInfo.InvariantCulture, $"class {label}");
    }

    /// <summary>One comparison.</summary>
    /// <param name="Column">What the groups are by.</param>
    /// <param name="Figure">What is compared.</param>
    /// <param name="Method">Of whom.</param>
    /// <param name="Of">The group beside the other pictures of its class.</param>
    internal sealed record WithinClass(string Column, MeasureFigure Figure, MethodLines Method, StratumSlice Of)
    {
        /// <summary>Whether it is about the share of right answers.</summary>
        internal bool IsOfAccuracy => Figure.Name == Accuracy;

        /// <summary>The comparison of accuracies in a sentence that an auditor reads.</summary>
        public override string ToString()
        {
            var (slice, rest) = (Of.Slice, Of.Slice.AgainstRest!.Value);
            var (low, high) = rest.Mean < 0 ? (-rest.Upper, -rest.Lower) : (rest.Lower, rest.Upper);
            var (isLower, count) = (rest.Mean < 0, slice.Value.Count);
            var (from, to) = isLower ? (Of.Rest, slice.Value.Mean) : (slice.Value.Mean, Of.Rest);
            var first = isLower ? $"is not {slice.Key} ({Of.RestCount} pictures)" : $"is {slice.Key} ({count} pictures)";
            var second = isLower ? $"is ({count})" : $"is not ({Of.RestCount})";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{Of.Stratum}: the accuracy of {Method.Model} drops from {100 * from:0.#} % where {Column} {first} to {100 * to:0.#} % "
                    + $"where it {second}, by {100 * Math.Abs(rest.Mean):0.#} points ({100 * low:0.#} to {100 * high:0.#}).");
        }
    }
}
