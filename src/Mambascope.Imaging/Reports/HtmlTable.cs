using System.Globalization;
using Mambascope.Evaluation.Reports;

namespace Mambascope.Imaging.Reports;

/// <summary>A result table for readers: headings with units, rounded numbers, intervals behind them, what is missing as a dash.</summary>
internal static class HtmlTable
{
    private const string Missing = "–";

    // Columns beyond which letters are smaller.
    private const int Wide = 8;

    internal static void Write(Markup page, ResultTable table)
    {
        // A wide table scrolls by itself, also from the keyboard.
        var isWide = table.Columns.Count > Wide;
        page.Open("div", ("class", isWide ? "table wide" : "table"), ("role", "region"), ("tabindex", "0"), ("aria-label", table.Title))
            .Open("table").Leaf("caption", table.Title)
            .Open("thead").Open("tr");
        foreach (var column in table.Columns)
        {
            page.Leaf("th", Heading(column), ("scope", "col"), ("class", Class(column)));
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

    /// <summary>A number and the ends of its interval. In a narrow column the line breaks between them and nowhere else.</summary>
    internal static void Interval(Markup page, double value, double lower, double upper, int decimals)
        => page.Text(
            Fixed(value, decimals) + " ").Leaf("span", $"({Fixed(lower, decimals)} to {Fixed(upper, decimals)})", ("class", "interval"));

    private static void Row(Markup page, ResultTable table, IReadOnlyList<ResultCell> row)
    {
        page.Open("tr");
        for (var i = 0; i < row.Count; i++)
        {
            // Words in the first column name their row.
            var isHead = i == 0 && table.Columns[i].Kind == ResultKind.Text;
            page.Open(
                isHead ? "th" : "td", ("scope", isHead ? "row" : null), ("class", Class(table.Columns[i])),
                ("data-label", Heading(table.Columns[i])));
            Cell(page, row[i], table.Columns[i]);
            page.Close();
        }

        page.Close();
    }

    /// <summary>Decimals that a reader sees: percentages have one everywhere, other numbers what their column says.</summary>
    internal static int Decimals(string? unit, int otherwise) => unit == "%" ? 1 : otherwise;

    private static string Heading(ResultColumn column) => column.Unit is null ? column.Heading : $"{column.Heading} ({column.Unit})";

    private static string? Class(ResultColumn column) => column.Kind == ResultKind.Text ? null : "number";

    private static void Cell(Markup page, ResultCell cell, ResultColumn column)
    {
        var decimals = column.ShownDecimals;
        if (cell.Kind == ResultKind.Interval)
        {
            Interval(page, column.Factor * cell.Value, column.Factor * cell.Lower, column.Factor * cell.Upper, decimals);
            return;
        }

        page.Text(cell.Kind switch
        {
            ResultKind.Text => cell.Words!,
            ResultKind.Number => Fixed(column.Factor * cell.Value, decimals),
            ResultKind.Count => cell.Things.ToString("N0", CultureInfo.InvariantCulture),
            _ => Missing,
        });
    }
}
