using System.Globalization;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Summaries;

namespace Mambascope.Cli.Evaluating;

/// <summary>The figure of one case in words, in the unit and with the decimals of the table.</summary>
internal static class ExampleFigure
{
    internal static string Of(EvaluationSummary summary, MeasureFigure figure, ResultLine line)
    {
        var column = summary.ColumnOf(figure);
        var value = (figure.PerCase(line) * (column?.Factor ?? 1)).ToString($"F{column?.ShownDecimals ?? 3}", CultureInfo.InvariantCulture);
        return $"{figure.Heading} {value}{(column?.Unit is { } unit ? $" {unit}" : "")}";
    }
}
