using System.Text;

namespace Mambascope.Tests;

/// <summary>
/// C# source without its comments and without the text of its strings; what stands in the holes of interpolated strings is code and stays.
/// </summary>
internal static class SourceCode
{
    public static string WithoutProse(string source)
    {
        var code = new StringBuilder(source.Length);
        Read(source, 0, code, isHole: false);
        return code.ToString();
    }

    // Reads code up to the end, or up to the brace that closes a hole.
    private static int Read(string s, int i, StringBuilder code, bool isHole)
    {
        for (var depth = 0; i < s.Length; i++)
        {
            if (s.AsSpan(i).StartsWith("//"))
            {
                i = EndOf(s, "\n", i) - 1;
            }
            else if (s.AsSpan(i).StartsWith("/*"))
            {
                i = EndOf(s, "*/", i) + 1;
            }
            else if (s[i] == '\'')
            {
                i += s[i + 1] == '\\' ? EndOf(s, "'", i + 3) - i : 2;
            }
            else if (s[i] is '"' or '$' or '@' && StringStart(s, i) is { } quote)
            {
                i = ReadString(s, i, quote, code) - 1;
                code.Append("\"\"");
            }
            else if (isHole && s[i] == '}' && depth == 0)
            {
                return i;
            }
            else
            {
                depth += s[i] == '{' ? 1 : s[i] == '}' ? -1 : 0;
                code.Append(s[i]);
            }
        }

        return i;
    }

    // Where the quotation marks of a string begin, behind its $ and @; null where there is none.
    private static int? StringStart(string s, int i)
    {
        while (i < s.Length && s[i] is '$' or '@')
        {
            i++;
        }

        return i < s.Length && s[i] == '"' ? i : null;
    }

    // Skips a string that begins at i and whose quotation marks begin at quote; its holes are read as code.
    private static int ReadString(string s, int i, int quote, StringBuilder code)
    {
        var prefix = s[i..quote];
        var dollars = prefix.Count(c => c == '$');
        var quotes = 0;
        while (quote + quotes < s.Length && s[quote + quotes] == '"')
        {
            quotes++;
        }

        if (quotes == 2)
        {
            return quote + 2; // empty
        }

        var isRaw = quotes > 2;
        var end = new string('"', isRaw ? quotes : 1);
        for (i = quote + end.Length; i < s.Length; i++)
        {
            if (!isRaw && !prefix.Contains('@', StringComparison.Ordinal) && s[i] == '\\')
            {
                i++;
            }
            else if (!isRaw && prefix.Contains('@', StringComparison.Ordinal) && s.AsSpan(i).StartsWith("\"\""))
            {
                i++;
            }
            else if (s.AsSpan(i).StartsWith(end))
            {
                return i + end.Length;
            }
            else if (dollars > 0 && s[i] == '{')
            {
                if (!isRaw && s[i + 1] == '{')
                {
                    i++;
                }
                else if (s.AsSpan(i).StartsWith(new string('{', dollars)))
                {
                    code.Append(' ');
                    i = Read(s, i + dollars, code, isHole: true) + dollars - 1;
                    code.Append(' ');
                }
            }
        }

        return i;
    }

    private static int EndOf(string s, string mark, int from)
        => s.IndexOf(mark, from, StringComparison.Ordinal) is >= 0 and var at ? at : s.Length;
}
