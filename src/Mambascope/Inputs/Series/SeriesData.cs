using System.Globalization;

namespace Mambascope.Inputs.Series;

/// <summary>The cases of a file.</summary>
/// <param name="Path">Where they come from.</param>
/// <param name="Format">What they are made of.</param>
/// <param name="Cases">The cases, in the order of the file.</param>
/// <param name="Classes">The labels that there are, in the order of their class indices; empty where cases have none.</param>
public sealed record SeriesData(string Path, SeriesFormat Format, IReadOnlyList<SeriesCase> Cases, IReadOnlyList<string> Classes)
{
    /// <summary>
    /// What a reader should know of the file, each in a few words: columns that were left out, values that were filled in.
    /// </summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What the column with the labels is called; null where nothing is said of it.</summary>
    public string? LabelName { get; init; }

    /// <summary>Whether the file says that its labels are numbers to be predicted, not classes.</summary>
    public bool HasNumbers { get; init; }

    /// <summary>Whether cases have names of their own rather than numbers.</summary>
    public bool IsNamed { get; init; }

    /// <summary>Class index of a case by its label; null where it has none.</summary>
    public int? ClassOf(SeriesCase one)
    {
        ArgumentNullException.ThrowIfNull(one);
        for (var i = 0; i < Classes.Count; i++)
        {
            if (Classes[i] == one.Label)
            {
                return i;
            }
        }

        return null;
    }

    /// <summary>The case that a user means: by its name where cases have some, else by its number, counted from 0.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public SeriesCase Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (IsNamed && Cases.FirstOrDefault(one => one.Name == name) is { } named)
        {
            return named;
        }

        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < Cases.Count
            ? Cases[index]
            : throw new BadInputException(
                $"{Path} has no case {Printable.Name(name)}; it has cases 0 to {Cases.Count - 1}"
                    + (IsNamed ? $", called {string.Join(", ", Cases.Take(3).Select(one => Printable.Name(one.Name)))} ..." : ""));
    }

    // Labels that are numbers in their order, others by letters.
    internal static IReadOnlyList<string> Ordered(IEnumerable<string?> labels)
    {
        string[] distinct = [.. labels.OfType<string>().Distinct(StringComparer.Ordinal)];
        return distinct.All(label => SeriesNumber.TryParse(label, out _))
            ? [.. distinct.OrderBy(label => SeriesNumber.Parse(label)).ThenBy(label => label, StringComparer.Ordinal)]
            : [.. distinct.Order(StringComparer.Ordinal)];
    }

    // What the cases together say of gaps.
    internal SeriesData WithGaps(string how)
    {
        var missing = Cases.Sum(one => (long)one.Missing);
        var what = missing == 1 ? "value" : "values";
        return missing == 0
            ? this
            : this with { Notes = [.. Notes, string.Create(CultureInfo.InvariantCulture, $"{missing:N0} missing {what} {how}")] };
    }
}
