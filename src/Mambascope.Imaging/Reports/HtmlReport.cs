using System.Text;
using Mambascope.Checkpoints;

namespace Mambascope.Imaging.Reports;

/// <summary>
/// A report as one HTML file that needs nothing else: no script, no file beside it, no network (its own policy forbids them). It follows
/// the reader's choice of a light or dark page, prints, and reads well aloud. Equal reports are equal files.
/// </summary>
public sealed class HtmlReport
{
    // Everything a page may load is in it.
    private const string Policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

    private readonly List<(string Name, string Value)> facts = [];
    private readonly List<ReportSection> sections = [];

    /// <summary>An empty report.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="introduction">What it answers, in a sentence or two; or null.</param>
    public HtmlReport(string title, string? introduction = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(title);
        (Title, Introduction) = (title, introduction);
    }

    /// <summary>Its title.</summary>
    public string Title { get; }

    /// <summary>What it answers, or null.</summary>
    public string? Introduction { get; }

    /// <summary>Adds a line to the list of how the results came about: model, data, number of pictures, command, version.</summary>
    public HtmlReport Fact(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        facts.Add((name, value));
        return this;
    }

    /// <summary>Adds a section and returns it, to be filled.</summary>
    public ReportSection Section(string title)
    {
        ArgumentException.ThrowIfNullOrEmpty(title);
        sections.Add(new(title));
        return sections[^1];
    }

    /// <summary>Writes the file, complete or not at all.</summary>
    /// <exception cref="BadInputException">The file cannot be written.</exception>
    public void Save(string path)
    {
        var bytes = Encoding.UTF8.GetBytes(ToHtml());
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>The whole file. It is well-formed XML as well.</summary>
    public string ToHtml()
    {
        using var page = new Markup();
        page.Open("html", ("lang", "en"));
        Head(page);
        page.Open("body").Open("header").Leaf("h1", Title);
        if (Introduction is not null)
        {
            page.Leaf("p", Introduction, ("class", "introduction"));
        }

        Facts(page);
        page.Close();
        Contents(page);
        page.Open("main");
        for (var i = 0; i < sections.Count; i++)
        {
            sections[i].Write(page, Id(i));
        }

        return $"<!DOCTYPE html>\n{page.Close().Close().Close()}\n";
    }

    private void Head(Markup page)
        => page.Open("head")
            .Empty("meta", ("charset", "utf-8"))
            .Empty("meta", ("http-equiv", "Content-Security-Policy"), ("content", Policy))
            .Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"))
            .Empty("meta", ("name", "color-scheme"), ("content", "light dark"))
            .Empty("meta", ("name", "generator"), ("content", "Mambascope"))
            .Leaf("title", Title)
            .Leaf("style", HtmlStyle.Sheet
                + (sections.Exists(section => section.HasMarks) ? HtmlStyle.Marks + MarkedText.Styles : "")
                + (sections.Exists(section => section.HasItems) ? SortedItems.Styles : ""))
            .Close();

    private void Facts(Markup page)
    {
        if (facts.Count == 0)
        {
            return;
        }

        page.Open("dl");
        foreach (var (name, value) in facts)
        {
            page.Open("div").Leaf("dt", name).Leaf("dd", value).Close();
        }

        page.Close();
    }

    private void Contents(Markup page)
    {
        if (sections.Count < 2)
        {
            return;
        }

        page.Open("nav", ("aria-label", "Contents")).Open("ul");
        for (var i = 0; i < sections.Count; i++)
        {
            page.Open("li").Leaf("a", sections[i].Title, ("href", "#" + Id(i))).Close();
        }

        page.Close().Close();
    }

    private static string Id(int section) => $"section-{section + 1}";
}
