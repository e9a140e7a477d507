using System.Globalization;
using System.Text;

namespace Mambascope.Inputs.Text;

/// <summary>
/// A set of characters of Oniguruma's dialect as .NET writes it. .NET's classes know no union of classes and no intersection; those become
/// groups that look ahead at the one character they match.
/// </summary>
/// <param name="Body">What stands between the brackets of a .NET class; null where the set is no such class.</param>
/// <param name="Fragment">An expression that matches one character of the set.</param>
internal sealed record CharacterClass(string? Body, string Fragment)
{
    private const string Word = "\\p{L}\\p{M}\\p{Nd}\\p{Pc}";
    private const string Hexadecimal = "0-9A-Fa-f";

    /// <summary>One letter that stands for itself.</summary>
    public static string Literal(char letter) => char.IsSurrogate(letter)
        ? throw PatternReader.Refused("a character beyond U+FFFF")
        : char.IsAsciiLetterOrDigit(letter) || letter is ' ' or '\'' ? letter.ToString() : $"\\u{(int)letter:X4}";

    /// <summary>A class whose opening bracket was read.</summary>
    /// <param name="reader">Stands behind the bracket.</param>
    /// <param name="depth">Groups and classes around and including it.</param>
    /// <exception cref="ArgumentException">Damaged, or something that has no equal.</exception>
    public static CharacterClass Read(PatternReader reader, int depth)
    {
        if (depth > OnigurumaPattern.Deepest)
        {
            throw PatternReader.Refused($"more than {OnigurumaPattern.Deepest} groups and classes within each other");
        }

        var isNegated = reader.Take("^");
        var operands = new List<CharacterClass>();
        do
        {
            operands.Add(ReadUnion(reader, depth, isFirst: operands.Count == 0));
        }
        while (reader.Take("&&"));
        if (!reader.Take("]"))
        {
            throw PatternReader.Refused("a class that is not closed");
        }

        // Of an intersection the last set takes the character; the others only look at it.
        var others = string.Concat(operands.SkipLast(1).Select(set => $"(?={set.Fragment})"));
        var all = operands.Count == 1 ? operands[0] : new(null, $"(?:{others}{operands[^1].Fragment})");
        return isNegated ? Not(all) : all;
    }

    /// <summary>What a backslash and the letter behind it mean, the letter being read.</summary>
    /// <exception cref="ArgumentException">Something that has no equal.</exception>
    public static CharacterClass ReadEscape(PatternReader reader) => reader.Last switch
    {
        'd' => Of("\\d"),
        'D' => Of("\\D"),
        's' => Of("\\s"),
        'S' => Of("\\S"),
        'w' => Of(Word),
        'W' => Not(Of(Word)),
        'h' => Of(Hexadecimal),
        'H' => Not(Of(Hexadecimal)),
        'p' => Property(reader, isNegated: false),
        'P' => Property(reader, isNegated: true),
        _ => Of(Literal(ReadLetter(reader))),
    };

    private static CharacterClass Of(string body) => new(body, $"[{body}]");

    private static CharacterClass Not(CharacterClass set)
        => new(null, set.Body is { } body ? $"[^{body}]" : $"(?:(?!{set.Fragment})[\\s\\S])");

    private static CharacterClass ReadUnion(PatternReader reader, int depth, bool isFirst)
    {
        var body = new StringBuilder();
        var others = new List<string>();
        while (!(reader.Peek == ']' && !(isFirst && body.Length + others.Count == 0)) && !(reader.Peek == '&' && reader.PeekAt(1) == '&'))
        {
            var item = ReadItem(reader, depth);
            if (item.Body is not null)
            {
                body.Append(item.Body);
            }
            else
            {
                others.Add(item.Fragment);
            }
        }

        if (body.Length > 0 && others.Count == 0)
        {
            return Of(body.ToString());
        }

        others.InsertRange(0, body.Length > 0 ? [$"[{body}]"] : Array.Empty<string>());
        return others.Count > 0 ? new(null, $"(?:{string.Join('|', others)})") : throw PatternReader.Refused("an empty class");
    }

    private static CharacterClass ReadItem(PatternReader reader, int depth)
    {
        var letter = reader.NextOrEnd();
        if (letter == '[')
        {
            return reader.Take(":") ? Bracket(reader) : Read(reader, depth + 1);
        }

        if (letter == '\\' && reader.NextOrEnd() is 'd' or 'D' or 's' or 'S' or 'w' or 'W' or 'h' or 'H' or 'p' or 'P')
        {
            return ReadEscape(reader);
        }

        var first = letter == '\\' ? reader.Last == 'b' ? '\b' : ReadLetter(reader) : letter;
        if (reader.Peek != '-' || reader.PeekAt(1) is ']' or '[' or '\0')
        {
            return Of(Literal(first));
        }

        reader.Next();
        var last = reader.NextOrEnd() == '\\' ? ReadEscapedLetter(reader) : reader.Last;
        return first <= last ? Of($"{Literal(first)}-{Literal(last)}") : throw PatternReader.Refused("a range whose ends are exchanged");
    }

    private static char ReadEscapedLetter(PatternReader reader)
    {
        reader.NextOrEnd();
        return ReadLetter(reader);
    }

    /// <summary>The one letter that an escape stands for, the letter behind the backslash being read.</summary>
    private static char ReadLetter(PatternReader reader) => reader.Last switch
    {
        't' => '\t',
        'n' => '\n',
        'r' => '\r',
        'f' => '\f',
        'v' => '\v',
        'a' => '\a',
        'e' => '\u001B',
        'x' when reader.Take("{") => Hex(reader.Until('}')),
        'x' => Hex($"{reader.NextOrEnd()}{reader.NextOrEnd()}"),
        'u' => Hex($"{reader.NextOrEnd()}{reader.NextOrEnd()}{reader.NextOrEnd()}{reader.NextOrEnd()}"),
        var other => char.IsAsciiLetterOrDigit(other) ? throw PatternReader.Refused($"the escape \\{other}") : other,
    };

    private static char Hex(string digits)
        => int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            && code is >= 0 and <= char.MaxValue
            ? (char)code
            : throw PatternReader.Refused("a character beyond U+FFFF, or none, by its number");

    /// <summary>[:alpha:] or [:^alpha:], the first two signs being read.</summary>
    private static CharacterClass Bracket(PatternReader reader)
    {
        var isNegated = reader.Take("^");
        var name = reader.Until(':');
        var set = reader.Take("]") ? Named(name) : null;
        return set is null ? throw PatternReader.Refused($"the class [:{name}:]") : isNegated ? Not(set) : set;
    }

    /// <summary>{L}, {^L} or {Alpha}, the letter before it being read.</summary>
    private static CharacterClass Property(PatternReader reader, bool isNegated)
    {
        if (!reader.Take("{"))
        {
            throw PatternReader.Refused("a property without braces");
        }

        isNegated ^= reader.Take("^");
        var name = reader.Until('}');
        var set = Named(name) ?? (Category(name) is { } category
            ? Of($"\\p{{{category}}}")
            : throw PatternReader.Refused($"the property {name}"));
        return isNegated ? Not(set) : set;
    }

    // POSIX's names over Unicode, as doc/RE defines them.
    private static CharacterClass? Named(string name) => name.ToUpperInvariant() switch
    {
        "ALNUM" => Of("\\p{L}\\p{M}\\p{Nd}"),
        "ALPHA" => Of("\\p{L}\\p{M}"),
        "ASCII" => Of("\\u0000-\\u007F"),
        "BLANK" => Of("\\p{Zs}\\t"),
        "CNTRL" => Of("\\p{C}"),
        "DIGIT" => Of("\\p{Nd}"),
        "GRAPH" => Not(Of("\\s\\p{Cc}\\p{Cn}\\p{Cs}")),
        "LOWER" => Of("\\p{Ll}"),
        "PRINT" => Not(Of("\\p{Zl}\\p{Zp}\\t-\\r\\u0085\\p{Cc}\\p{Cn}\\p{Cs}")),
        "PUNCT" => Of("\\p{P}\\u0024\\u002B\\u003C-\\u003E\\u005E\\u0060\\u007C\\u007E"),
        "SPACE" => Of("\\s"),
        "UPPER" => Of("\\p{Lu}"),
        "XDIGIT" => Of(Hexadecimal),
        "WORD" => Of(Word),
        _ => null,
    };

    // One or two letters, whatever their case; other names (scripts, blocks) are other things in the two dialects.
    private static string? Category(string name)
    {
        const string All = " L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Cs Co Cn ";
        var canonical = name.Length is 1 or 2 ? char.ToUpperInvariant(name[0]) + name[1..].ToLowerInvariant() : "";
        return canonical.Length > 0 && All.Contains($" {canonical} ", StringComparison.Ordinal) ? canonical : null;
    }
}
