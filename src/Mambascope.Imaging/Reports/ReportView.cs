namespace Mambascope.Imaging.Reports;

/// <summary>One of several views of the same thing, shown when its link is clicked; the style sheet does that, without a script.</summary>
/// <param name="Id">What links say; letters, digits and hyphens, once a page.</param>
/// <param name="Heading">What is seen in it.</param>
/// <param name="Texts">Coloured texts, each under a caption.</param>
public sealed record ReportView(string Id, string Heading, IReadOnlyList<(string Caption, MarkedText Text)> Texts)
{
    internal void Write(Markup page, bool isFirst)
    {
        page.Open("div", ("class", isFirst ? "view first" : "view"), ("id", Id)).Leaf("h3", Heading);
        foreach (var (caption, text) in Texts)
        {
            page.Leaf("p", caption);
            text.Write(page);
        }

        page.Close();
    }
}
