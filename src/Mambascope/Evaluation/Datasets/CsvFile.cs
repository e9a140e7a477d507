using System.Text;
using Mambascope.Checkpoints;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// Reads comma-separated values as spreadsheets write them (RFC 4180): fields may stand in double quotes, and then hold commas, line breaks
/// and doubled quotes. Lines without anything are passed over.
/// </summary>
internal static class CsvFile
{
    private const int LargestFile = 256 << 20;

    /// <summary>Reads a file in UTF-8.</summary>
    /// <exception cref="BadInputException">Missing, too large, or a quote is not closed.</exception>
    public static IReadOnlyList<string[]> Read(string path) => Parse(Text(path), path);

    /// <summary>Splits text into rows of fields.</summary>
    /// <param name="text">The content.</param>
    /// <param name="where">Names the text in errors.</param>
    /// <exception cref="BadInputException">A quote is not closed.</exception>
    public static IReadOnlyList<string[]> Parse(string text, string where)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (rows, fields, field) = (new List<string[]>(), new List<string>(), new StringBuilder());
        var (isQuoted, line, opened) = (false, 1, 0);
        var quoted = -1; // how much of the field stood in quotes; -1 when it began without
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : '\n';
            line += c == '\n' ? 1 : 0;
            if (isQuoted && i < text.Length)
            {
                if (c != '"')
                {
                    field.Append(c);
                }
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    field.Append(text[i++]);
                }
                else
                {
                    (isQuoted, quoted) = (false, field.Length);
                }
            }
            else if (c == '"' && field.Length == 0 && quoted < 0)
            {
                (isQuoted, quoted, opened) = (true, 0, line);
            }
            else if (c is ',' or '\n')
            {
                if (c == '\n' && field is [.., '\r'] && field.Length > quoted)
                {
                    field.Length--;
                }

                if (c == ',' || fields.Count > 0 || field.Length > 0 || quoted >= 0)
                {
                    fields.Add(field.ToString());
                }

                field.Clear();
                quoted = -1;
                if (c == '\n' && fields.Count > 0)
                {
                    rows.Add([.. fields]);
                    fields.Clear();
                }
            }
            else
            {
                field.Append(c);
            }
        }

        return isQuoted ? throw new BadInputException($"{where}: the quote opened in line {opened} is not closed") : rows;
    }

    /// <summary>The text of a file, without a byte order mark.</summary>
    internal static string Text(string path) => TextFile.Read(path, LargestFile);
}
