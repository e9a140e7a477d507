namespace Mambascope.Inputs.Text;

/// <summary>The letters of a regular expression, one after another.</summary>
internal sealed class PatternReader(string expression)
{
    private int position;

    public bool IsAtEnd => position == expression.Length;

    /// <summary>The letter that was read last.</summary>
    public char Last => position > 0 ? expression[position - 1] : '\0';

    /// <summary>The letter to come; NUL at the end.</summary>
    public char Peek => PeekAt(0);

    /// <summary>Whether a brace to come begins a number of repetitions rather than being a letter.</summary>
    public bool IsInterval => IsIntervalAt(position + 1);

    /// <summary>The same of the brace that was read last.</summary>
    public bool IsIntervalBehind => IsIntervalAt(position);

    public static ArgumentException Refused(string what) => new($"it has {what}");

    public char PeekAt(int ahead) => position + ahead < expression.Length ? expression[position + ahead] : '\0';

    public char Next() => expression[position++];

    /// <summary>The next letter, where there must be one.</summary>
    public char NextOrEnd() => IsAtEnd ? throw Refused("an end where more must follow") : Next();

    /// <summary>Passes over a text if it stands here.</summary>
    public bool Take(string text)
    {
        var isHere = expression.AsSpan(position).StartsWith(text, StringComparison.Ordinal);
        position += isHere ? text.Length : 0;
        return isHere;
    }

    /// <summary>Passes over the first of some texts that stands here; null where none does.</summary>
    public string? TakeAny(params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
        {
            if (Take(text))
            {
                return text;
            }
        }

        return null;
    }

    /// <summary>The letters before a certain one, which is passed over too.</summary>
    public string Until(char end)
    {
        var length = expression.AsSpan(position).IndexOf(end);
        if (length < 0)
        {
            throw Refused($"no {end} where one must follow");
        }

        var text = expression.Substring(position, length);
        position += length + 1;
        return text;
    }

    private bool IsIntervalAt(int start)
    {
        var end = start;
        var commas = 0;
        while (end < expression.Length && (char.IsAsciiDigit(expression[end]) || expression[end] == ','))
        {
            commas += expression[end++] == ',' ? 1 : 0;
        }

        return end < expression.Length && expression[end] == '}' && commas <= 1 && end - start > commas;
    }
}
