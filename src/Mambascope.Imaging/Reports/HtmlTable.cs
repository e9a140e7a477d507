using System.Globalization;
using Mambascope.Evaluation.Reports;

namespace Mambascope.Imaging.Reports;

/// <summary>A result table for readers: headings with units, rounded numbers, intervals behind them, what is missing as a dash.</summary>
internal static class HtmlTable
{
    private const string Missing = "–";

    internal static void Write(Markup page, ResultTable table)
    {
        // A wide table scrolls by itself, also from the keyboard.
        page.Open("div", ("class", "table"), ("role", "region"), ("tabindex", "0"), ("aria-label", table.Title))
            .Open("table").Leaf("caption", table.Title)
            .Open("thead").Open("tr");
        foreach (var column in table.Columns)
        {
            page.Leaf("th", column.Unit is null ? column.Heading : $"{column.Heading} ({column.Unit})", ("scope", "col"), ("class", Class(column)));
        }

        page.Close().Close().Open("tbody");
        foreach (var row in table.Rows)
        {
            Row(page, table, row);
        }

        page.Close().Close().Close();
        if (table.Note is not null)
        {
            page.Leaf("p", table.Note, ("class", "note"));
        }
    }

    /// <summary>A number with fixed decimals and a true minus sign; what rounds to zero has none.</summary>
    internal static string Fixed(double value, int decimals)
    {
        if (!double.IsFinite(value))
        {
            return Ticks.Format(value);
        }

        var text = Math.Abs(value).ToString("F" + Math.Max(0, decimals), CultureInfo.InvariantCulture);
        return value < 0 && text.AsSpan().IndexOfAnyInRange('1', '9') >= 0 ? "−" + text : text;
    }

    /// <summary>A number with the ends of its interval.</summary>
    internal static string Fixed(double value, double lower, double upper, int decimals)
        => $"{Fixed(value, decimals)} ({Fixed(lower, decimals)} to {Fixed(upper, decimals)})";

    private static void Row(Markup page, ResultTable table, IReadOnlyList<ResultCell> row)
    {
        page.Open("tr");
        for (var i = 0; i < row.Count; i++)
        {
            // Words in the first column name their row.
            var isHead = i == 0 && table.Columns[i].Kind == ResultKind.Text;
            page.Leaf(isHead ? "th" : "td", Shown(row[i], table.Columns[i]), ("scope", isHead ? "row" : null), ("class", Class(table.Columns[i])));
        }

        page.Close();
    }

    private static string? Class(ResultColumn column) => column.Kind == ResultKind.Text ? null : "number";

    private static string Shown(ResultCell cell, ResultColumn column) => cell.Kind switch
    {
        ResultKind.Text => cell.Words!,
        ResultKind.Number => Fixed(column.Factor * cell.Value, column.Decimals),
        ResultKind.Interval => Fixed(column.Factor * cell.Value, column.Factor * cell.Lower, column.Factor * cell.Upper, column.Decimals),
        ResultKind.Count => cell.Things.ToString("N0", CultureInfo.InvariantCulture),
        _ => Missing,
    };
}
