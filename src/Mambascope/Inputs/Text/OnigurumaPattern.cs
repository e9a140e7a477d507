using System.Globalization;
using System.Text;

namespace Mambascope.Inputs.Text;

/// <summary>
/// Translates an expression in the dialect of Hugging Face's tokenizers, Oniguruma's, into one of .NET that matches the same. The two look
/// alike and differ in what is easily read wrongly: <c>[[:alpha:]]</c>, <c>[a[bc]]</c> and <c>&amp;&amp;</c> in classes, <c>a++</c>,
/// <c>(?m)</c>, <c>^</c>, <c>\h</c>. What has no equal is refused. Syntax: doc/RE of Oniguruma 6.9.
/// </summary>
internal sealed class OnigurumaPattern
{
    /// <summary>Longest expression; the longest in use has 2,000 characters.</summary>
    public const int Longest = 8192;

    /// <summary>Most groups and classes within each other: the runtime's parser goes down a level of its stack for each.</summary>
    public const int Deepest = 32;

    // Counts are unrolled where an expression is prepared: three such within each other make a billion.
    private const int MostRepetitions = 1000;

    private readonly PatternReader reader;
    private readonly StringBuilder result = new();
    private readonly Stack<int> open = new();
    private int atom = -1; // where the last thing begins that can be repeated

    private OnigurumaPattern(string expression) => reader = new(expression);

    /// <summary>The same expression for .NET.</summary>
    /// <exception cref="ArgumentException">Too long, too deep, damaged, or something that has no equal; the message names it.</exception>
    public static string Translate(string expression)
    {
        if (expression.Length > Longest)
        {
            throw new ArgumentException($"it has {expression.Length:N0} characters, expected at most {Longest:N0}", nameof(expression));
        }

        return new OnigurumaPattern(expression).Run();
    }

    private string Run()
    {
        while (!reader.IsAtEnd)
        {
            Step();
        }

        return open.Count == 0 ? result.ToString() : throw PatternReader.Refused("a group that is not closed");
    }

    private void Step()
    {
        switch (reader.Next())
        {
            case '(':
                Open();
                break;
            case ')':
                atom = open.Count > 0 ? open.Pop() : throw PatternReader.Refused("a ) without (");
                result.Append(')');
                break;
            case '|':
                result.Append('|');
                atom = -1;
                break;
            case '[':
                Atom(CharacterClass.Read(reader, open.Count + 1).Fragment);
                break;
            case '\\':
                Escape();
                break;
            case '^':
                Assertion("(?:\\A|(?<=\\n)(?!\\z))"); // always of a line
                break;
            case '$':
                Assertion("(?=\\n|\\z)");
                break;
            case '*' or '+' or '?':
                Repeat(reader.Last.ToString(), mayBePossessive: true);
                break;
            case '{' when Interval() is { } interval:
                Repeat(interval, mayBePossessive: false);
                break;
            case '.':
                Atom(".");
                break;
            default:
                Atom(CharacterClass.Literal(reader.Last));
                break;
        }
    }

    private void Atom(string fragment)
    {
        atom = result.Length;
        result.Append(fragment);
    }

    private void Assertion(string fragment)
    {
        result.Append(fragment);
        atom = -1;
    }

    private void Open()
    {
        if (open.Count == Deepest)
        {
            throw PatternReader.Refused($"more than {Deepest} groups within each other");
        }

        var start = result.Length;
        if (!reader.Take("?"))
        {
            result.Append('(');
        }
        else if (reader.Take("#"))
        {
            reader.Until(')');
            return;
        }
        else if (reader.TakeAny("<=", "<!", ":", "=", "!", ">") is { } kind)
        {
            result.Append("(?").Append(kind);
        }
        else if (reader.Take("<"))
        {
            var name = reader.Until('>');
            var isName = name.Length > 0 && name.All(char.IsAsciiLetterOrDigit);
            result.Append("(?<").Append(isName ? name : throw PatternReader.Refused("the name of a group")).Append('>');
        }
        else if (Options())
        {
            atom = -1;
            return;
        }

        open.Push(start);
        atom = -1;
    }

    /// <summary>(?i), (?m-i) and their like, up to : or ); true where that ends the whole.</summary>
    private bool Options()
    {
        result.Append("(?");
        while (true)
        {
            switch (reader.NextOrEnd())
            {
                case 'i' or '-':
                    result.Append(reader.Last);
                    break;
                case 'm':
                    result.Append('s'); // the dot matches line ends too
                    break;
                case ':':
                    result.Append(':');
                    return false;
                case ')':
                    result.Append(')');
                    return true;
                default:
                    throw PatternReader.Refused($"the group (?{reader.Last}");
            }
        }
    }

    private void Escape()
    {
        var letter = reader.NextOrEnd();
        switch (letter)
        {
            case 'b' or 'B' or 'A' or 'Z' or 'z' or 'G':
                Assertion("\\" + letter);
                break;
            case >= '1' and <= '9':
                Atom(!char.IsAsciiDigit(reader.Peek) ? "\\" + letter : throw PatternReader.Refused("a reference beyond the ninth group"));
                break;
            default:
                Atom(CharacterClass.ReadEscape(reader).Fragment);
                break;
        }
    }

    private void Repeat(string count, bool mayBePossessive)
    {
        if (atom < 0)
        {
            throw PatternReader.Refused($"{count} with nothing to repeat before it");
        }

        result.Append(count);
        if (mayBePossessive && reader.Take("+"))
        {
            result.Insert(atom, "(?>").Append(')');
        }
        else if (mayBePossessive && reader.Take("?"))
        {
            result.Append('?');
        }

        // a** and a{2}+ mean other things in the two dialects.
        if (reader.Peek is '*' or '+' or '?' || (reader.Peek == '{' && reader.IsInterval))
        {
            throw PatternReader.Refused($"two repetitions in a row ({count}{reader.Peek})");
        }

        atom = -1;
    }

    /// <summary>What stands behind a brace, as .NET writes it; null where the brace is a letter.</summary>
    private string? Interval()
    {
        if (!reader.IsIntervalBehind)
        {
            return null;
        }

        var ends = reader.Until('}').Split(',');
        var (least, most) = (Count(ends[0], 0), ends.Length == 1 ? Count(ends[0], 0) : Count(ends[1], int.MaxValue));
        return least > most ? throw PatternReader.Refused("a repetition whose ends are exchanged")
            : ends.Length == 1 ? $"{{{least}}}"
            : most == int.MaxValue ? $"{{{least},}}"
            : $"{{{least},{most}}}";

        static int Count(string digits, int absent)
            => digits.Length == 0 ? absent
                : int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= MostRepetitions ? count
                : throw PatternReader.Refused($"more than {MostRepetitions} repetitions");
    }
}
