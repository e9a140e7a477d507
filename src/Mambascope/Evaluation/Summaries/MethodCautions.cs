using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Reports;
using Mambascope.Models;

namespace Mambascope.Evaluation.Summaries;

/// <summary>
/// What is known against methods (<see cref="AttributionMethod.Caution"/>), in tables of results: a method whose map hardly depends on the
/// weights, or is at noise level, says so in its row, whatever was measured.
/// </summary>
public static class MethodCautions
{
    private const string Column = "caution";

    /// <summary>What is known against a method by its name in results, METHOD.FORM+OPTION=VALUE; null where there is nothing.</summary>
    /// <param name="name">The name.</param>
    /// <param name="kind">What it explained.</param>
    public static string? Of(string name, CaseKind kind)
    {
        ArgumentNullException.ThrowIfNull(name);
        var words = name.Split('+');
        var method = AttributionMethods.All.FirstOrDefault(each => each.Name == words[0].Split('.')[0]);

        // Where a method has forms and its name tells none, a transformer was explained.
        if (method is null || (method.HasModes && !words[0].Contains('.', StringComparison.Ordinal)))
        {
            return null;
        }

        var form = method.Forms.FirstOrDefault(each => method.NameOf(each) == words[0]) ?? new();
        var options = words.Contains("sign=absolute", StringComparer.Ordinal) ? form with { Sign = SignRule.Absolute } : form;
        return method.Caution(options, ReadsOf(kind));
    }

    /// <summary>The table with a column of what is known against the method of each row; itself where nothing is.</summary>
    /// <param name="table">With a column called method.</param>
    /// <param name="kind">What was measured on.</param>
    public static ResultTable In(ResultTable table, CaseKind kind)
    {
        ArgumentNullException.ThrowIfNull(table);
        var method = table.Columns.Index().First(column => column.Item.Name == "method").Index;
        string?[] cautions = [.. table.Rows.Select(row => Of(row[method].Words ?? "", kind))];
        if (cautions.All(caution => caution is null))
        {
            return table;
        }

        var column = new ResultColumn(Column, ResultKind.Text) { Heading = "known against it" };
        var marked = new ResultTable(table.Title, [.. table.Columns, column])
        {
            Note = table.Note,
        };
        foreach (var (row, caution) in table.Rows.Zip(cautions))
        {
            marked.Add([.. row, ResultCell.Text(caution ?? "")]);
        }

        return marked;
    }

    private static ModelInput ReadsOf(CaseKind kind)
        => kind == CaseKind.Picture ? ModelInput.Pictures : kind == CaseKind.Question ? ModelInput.Text : ModelInput.Series;
}
