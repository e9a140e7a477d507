using Mambascope.Evaluation.Reports;

namespace Mambascope.Imaging.Reports;

/// <summary>A section of an <see cref="HtmlReport"/>: paragraphs, tables, charts and pictures in the order they were added.</summary>
public sealed class ReportSection
{
    private readonly List<Action<Markup>> parts = [];
    private bool hasMarks;

    internal ReportSection(string title) => Title = title;

    /// <summary>Its heading.</summary>
    public string Title { get; }

    /// <summary>Whether the page needs the colours of marked text.</summary>
    internal bool HasMarks => hasMarks;

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
        parts.Add(page => WritePictures(page, pictures));
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

    private static void WritePictures(Markup page, IReadOnlyList<ReportPicture> pictures)
    {
        page.Open("div", ("class", "pictures"));
        foreach (var picture in pictures)
        {
            page.Open("figure")
                .Empty(
                    "img",
                    ("src", "data:image/png;base64," + Convert.ToBase64String(picture.Png)),
                    ("width", $"{picture.Width}"),
                    ("height", $"{picture.Height}"),
                    ("alt", picture.Description))
                .Leaf("figcaption", picture.Caption)
                .Close();
        }

        page.Close();
    }
}
