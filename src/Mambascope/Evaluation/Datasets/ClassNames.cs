using System.Globalization;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// Which class a name in a user's data means: an index, a label, one of a label's synonyms, or any of them as names of files are written
/// (<c>t-shirt-top</c> for "T-shirt/top"); case does not matter.
/// </summary>
internal static class ClassNames
{
    private const int Shown = 3;

    /// <summary>The index of the class; null where none is called so.</summary>
    /// <param name="name">As it stands in the data.</param>
    /// <param name="classes">Names of the model's classes; null where they are not known: then an index only is understood.</param>
    internal static int? Find(string name, IReadOnlyList<string>? classes)
    {
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return classes is null || index < classes.Count ? index : null;
        }

        return classes is null ? null
            : First(classes, label => string.Equals(label, name, StringComparison.OrdinalIgnoreCase))
            ?? First(classes, label => label.Split(',').Any(part => string.Equals(part.Trim(), name, StringComparison.OrdinalIgnoreCase)))
            ?? (Bare(name) is { Length: > 0 } bare ? First(classes, label => Bare(label) == bare) : null);
    }

    /// <summary>What a message says of the classes: all of a few, else the nearest.</summary>
    internal static string Nearest(string name, IReadOnlyList<string>? classes)
        => classes is null ? "the model comes without labels, so names mean nothing: use class indices"
            : classes.Count <= 20 ? $"the classes are {string.Join(", ", classes.Select(Printable.Name))}"
            : $"the nearest labels are {string.Join("; ", classes.OrderBy(label => ClosestNames.EditDistance(Short(label), Short(name)))
                .Take(Shown).Select(Printable.Name))}";

    private static int? First(IReadOnlyList<string> classes, Func<string, bool> isIt)
    {
        for (var i = 0; i < classes.Count; i++)
        {
            if (isIt(classes[i]))
            {
                return i;
            }
        }

        return null;
    }

    // Letters and digits alone.
    private static string Bare(string name) => string.Concat(name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant));

    private static string Short(string label) => (label.Length > 100 ? label[..100] : label).ToLowerInvariant();
}
