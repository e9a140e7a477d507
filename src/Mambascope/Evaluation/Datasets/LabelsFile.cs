using System.Globalization;
using Mambascope.Checkpoints;
using Mambascope.Models;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// Labels of pictures by name, one a line: <c>NAME LABEL</c> (Caffe's val.txt), or CSV with the name first and the label second, with or
/// without a header (Kaggle's LOC_val_solution.csv among them). A label is a class index, an ImageNet synset, both with whatever
/// follows them in the field, or the name of a class. The file's ending says which: .csv, or any other.
/// </summary>
internal static class LabelsFile
{
    private static readonly char[] blanks = [' ', '\t'];

    /// <summary>Reads a file.</summary>
    /// <returns>Labels by name, and whether any of them was a synset, so that they count ImageNet's classes.</returns>
    /// <exception cref="BadInputException">Missing, of another form, or a name stands there twice.</exception>
    public static (Dictionary<string, int> Labels, bool AreImageNet) Read(string path, IReadOnlyList<string>? classes = null)
    {
        var isCsv = string.Equals(Path.GetExtension(path), ".csv", StringComparison.OrdinalIgnoreCase);
        var rows = isCsv ? CsvFile.Read(path) : [.. Lines(CsvFile.Text(path), classes)];
        var (labels, areImageNet) = (new Dictionary<string, int>(rows.Count, StringComparer.Ordinal), false);
        for (var i = 0; i < rows.Count; i++)
        {
            var label = rows[i].Length > 1 ? Label(rows[i][1], classes, ref areImageNet) : null;
            if (isCsv && i == 0 && label is null && rows[i].Length > 1)
            {
                continue; // the header
            }

            if (label is null)
            {
                throw new BadInputException(
                    $"{path}: entry {i + 1}: expected {(isCsv ? "name,label" : "NAME LABEL")} with a class index, a synset such as "
                        + $"n01440764 or the name of a class, found {Printable.Name(string.Join(isCsv ? "," : " ", rows[i]))}");
            }

            if (!labels.TryAdd(rows[i][0].Trim(), label.Value))
            {
                throw new BadInputException(
                    $"{path}: entry {i + 1}: {Printable.Name(rows[i][0])} has a label already; leave one of the two");
            }
        }

        return labels.Count > 0 ? (labels, areImageNet) : throw new BadInputException($"{path}: expected labels, found none");
    }

    // A name may hold blanks; the label is the last word of the line, unless more of it is the name of a class.
    private static IEnumerable<string[]> Lines(string text, IReadOnlyList<string>? classes)
        => text.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)
            .Select(line => Blank(line, classes) is > 0 and var at ? new[] { line[..at].TrimEnd(), line[(at + 1)..] } : [line]);

    private static int Blank(string line, IReadOnlyList<string>? classes)
    {
        for (var at = line.IndexOfAny(blanks); classes is not null && at > 0; at = line.IndexOfAny(blanks, at + 1))
        {
            if (ClassNames.Find(line[(at + 1)..].Trim(), classes) is not null)
            {
                return at;
            }
        }

        return line.LastIndexOfAny(blanks);
    }

    private static int? Label(string field, IReadOnlyList<string>? classes, ref bool isImageNet)
    {
        var word = field.Trim().Split(blanks)[0];
        if (ImageNetClasses.IsSynset(word) && ImageNetClasses.Find(word) is { } index)
        {
            isImageNet = true;
            return index;
        }

        return int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : ClassNames.Find(field.Trim(), classes);
    }
}
