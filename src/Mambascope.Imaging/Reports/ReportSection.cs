using Mambascope.Evaluation.Reports;

namespace Mambascope.Imaging.Reports;

/// <summary>A section of an <see cref="HtmlReport"/>: paragraphs, tables, charts and pictures in the order they were added.</summary>
public sealed class ReportSection
{
    private readonly List<Action<Markup>> parts = [];
    private bool hasMarks;
    private bool hasItems;

    internal ReportSection(string title) => Title = title;

    /// <summary>Its heading.</summary>
    public string Title { get; }

    /// <summary>Whether the page needs the colours of marked text.</summary>
    internal bool HasMarks => hasMarks;

    /// <summary>Whether the page needs what puts items in order.</summary>
    internal bool HasItems => hasItems;

    /// <summary>Adds a paragraph of plain text.</summary>
    public ReportSection Text(string paragraph)
    {
        ArgumentNullException.ThrowIfNull(paragraph);
        parts.Add(page => page.Leaf("p", paragraph));
        return this;
    }

    /// <summary>Adds a table, as it is when the report is written.</summary>
    public ReportSection Table(ResultTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        parts.Add(page => HtmlTable.Write(page, table));
        return this;
    }

    /// <summary>Adds a chart, with its values as a table that folds out.</summary>
    public ReportSection Chart(LineChart chart)
    {
        ArgumentNullException.ThrowIfNull(chart);
        parts.Add(page => HtmlChart.Write(page, chart));
        return this;
    }

    /// <summary>Adds pictures side by side, as many as fit into a row.</summary>
    public ReportSection Pictures(params IReadOnlyList<ReportPicture> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        parts.Add(page => ReportPicture.Write(page, pictures));
        return this;
    }

    /// <summary>Adds running text whose pieces are coloured by strength.</summary>
    public ReportSection Marked(MarkedText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        parts.Add(text.Write);
        hasMarks = true;
        return this;
    }

    /// <summary>
    /// Adds views of which one is shown at a time: the one whose link (see <see cref="MarkedPiece.View"/>) was clicked last, at first
    /// <paramref name="first"/>.
    /// </summary>
    public ReportSection Views(IReadOnlyList<ReportView> views, int first)
    {
        ArgumentNullException.ThrowIfNull(views);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)first, (uint)views.Count, nameof(first));
        parts.Add(page =>
        {
            page.Open("div", ("class", "views"));
            for (var i = 0; i < views.Count; i++)
            {
                views[i].Write(page, isFirst: i == first);
            }

            page.Close();
        });
        hasMarks = true;
        return this;
    }

    /// <summary>Adds items that a reader can put in another order; at first they stand in the first one.</summary>
    /// <param name="items">The items.</param>
    /// <param name="orders">At least one order, with a place for every item.</param>
    public ReportSection Items(IReadOnlyList<ReportItem> items, IReadOnlyList<ReportOrder> orders)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(orders);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(orders.Count, SortedItems.MostOrders, nameof(orders));
        if (orders.Count == 0 || orders.Any(order => order.Places.Count != items.Count))
        {
            throw new ArgumentException("Every order has a place for every item, and there is at least one order", nameof(orders));
        }

        parts.Add(page => SortedItems.Write(page, items, orders));
        hasItems = true;
        hasMarks |= items.Any(item => item.Texts.Count > 0);
        return this;
    }

    /// <summary>Writes heading and parts.</summary>
    internal void Write(Markup page, string id)
    {
        page.Open("section", ("id", id), ("aria-labelledby", id + "-title")).Leaf("h2", Title, ("id", id + "-title"));
        foreach (var part in parts)
        {
            part(page);
        }

        page.Close();
    }
}
