using System.Globalization;
using Mambascope.Checkpoints;
using Mambascope.Models;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// Labels of pictures by name, one a line: <c>NAME LABEL</c> (Caffe's val.txt), or CSV with the name first and the label second, with or
/// without a header (Kaggle's LOC_val_solution.csv among them). A label is a class index or an ImageNet synset; what follows it in
/// its field is passed over. The file's ending says which: .csv, or any other.
/// </summary>
internal static class LabelsFile
{
    private static readonly char[] blanks = [' ', '\t'];

    /// <summary>Reads a file.</summary>
    /// <returns>Labels by name, and whether any of them was a synset, so that they count ImageNet's classes.</returns>
    /// <exception cref="BadInputException">Missing, of another form, or a name stands there twice.</exception>
    public static (Dictionary<string, int> Labels, bool AreImageNet) Read(string path)
    {
        var isCsv = string.Equals(Path.GetExtension(path), ".csv", StringComparison.OrdinalIgnoreCase);
        var rows = isCsv ? CsvFile.Read(path) : [.. Lines(CsvFile.Text(path))];
        var (labels, areImageNet) = (new Dictionary<string, int>(rows.Count, StringComparer.Ordinal), false);
        for (var i = 0; i < rows.Count; i++)
        {
            var label = rows[i].Length > 1 ? Label(rows[i][1], ref areImageNet) : null;
            if (isCsv && i == 0 && label is null && rows[i].Length > 1)
            {
                continue; // the header
            }

            if (label is null)
            {
                throw new BadInputException(
                    $"{path}: entry {i + 1}: expected {(isCsv ? "name,label" : "NAME LABEL")} with a class index or a synset such as "
                        + $"n01440764, found {Printable.Name(string.Join(isCsv ? "," : " ", rows[i]))}");
            }

            if (!labels.TryAdd(rows[i][0].Trim(), label.Value))
            {
                throw new BadInputException(
                    $"{path}: entry {i + 1}: {Printable.Name(rows[i][0])} has a label already; leave one of the two");
            }
        }

        return labels.Count > 0 ? (labels, areImageNet) : throw new BadInputException($"{path}: expected labels, found none");
    }

    // A name may hold blanks, a label has none: the last word of the line is the label.
    private static IEnumerable<string[]> Lines(string text)
        => text.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)
            .Select(line => line.LastIndexOfAny(blanks) is > 0 and var at ? new[] { line[..at].TrimEnd(), line[(at + 1)..] } : [line]);

    private static int? Label(string field, ref bool isImageNet)
    {
        var word = field.Trim().Split(blanks)[0];
        if (ImageNetClasses.IsSynset(word) && ImageNetClasses.Find(word) is { } index)
        {
            isImageNet = true;
            return index;
        }

        return int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
