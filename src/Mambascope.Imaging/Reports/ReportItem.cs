namespace Mambascope.Imaging.Reports;

/// <summary>One of many things of a kind on a page, such as a picture with its explanation.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Lines">What is said of it, a paragraph each.</param>
public sealed record ReportItem(string Title, params IReadOnlyList<string> Lines)
{
    /// <summary>Its pictures, side by side.</summary>
    public IReadOnlyList<ReportPicture> Pictures { get; init; } = [];

    /// <summary>Coloured texts, each under a caption.</summary>
    public IReadOnlyList<(string Caption, MarkedText Text)> Texts { get; init; } = [];

    internal void Write(Markup page, string style)
    {
        page.Open("article", ("style", style)).Leaf("h3", Title);
        foreach (var line in Lines)
        {
            page.Leaf("p", line);
        }

        if (Pictures.Count > 0)
        {
            ReportPicture.Write(page, Pictures);
        }

        foreach (var (caption, text) in Texts)
        {
            page.Leaf("p", caption, ("class", "note"));
            text.Write(page);
        }

        page.Close();
    }
}

/// <summary>An order in which items of a page can be looked at.</summary>
/// <param name="Name">What a reader chooses: "by class".</param>
/// <param name="Places">The place of each item, in the order in which the items were given.</param>
public sealed record ReportOrder(string Name, IReadOnlyList<int> Places)
{
    /// <summary>The order by a key, smallest first; equal ones stay as they were given.</summary>
    public static ReportOrder By<T, TKey>(string name, IReadOnlyList<T> things, Func<T, TKey> key)
    {
        ArgumentNullException.ThrowIfNull(things);
        var places = new int[things.Count];
        foreach (var (place, index) in Enumerable.Range(0, things.Count)
            .OrderBy(i => key(things[i]))
            .Select((index, place) => (place, index)))
        {
            places[index] = place;
        }

        return new(name, places);
    }
}
