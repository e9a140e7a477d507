using System.Globalization;
using System.Text;

namespace Mambascope.Application;

/// <summary>
/// Text from anywhere made fit for a terminal: control characters, which could move the cursor or worse, and marks that turn the direction
/// of what follows are replaced by signs that say what stood there.
/// </summary>
public static class ShownText
{
    private const char FirstControlPicture = '\u2400';
    private const char DeletePicture = '\u2421';
    private const int Joiner = 0x200D; // inside emoji

    /// <summary>
    /// In one line: line feeds as ⏎, tabs as ⇥; cut with an ellipsis when it has more than <paramref name="most"/> characters.
    /// </summary>
    public static string Line(string text, int most = int.MaxValue) => Of(text, keepsLines: false, most);

    /// <summary>In one line with spaces that can be seen: for a token that stands alone.</summary>
    public static string Label(string text) => Line(text).Replace(' ', '·');

    /// <summary>Line feeds and tabs stay.</summary>
    public static string Lines(string text) => Of(text, keepsLines: true, int.MaxValue);

    private static string Of(string text, bool keepsLines, int most)
    {
        var shown = new StringBuilder(Math.Min(text.Length, most));
        var count = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (count++ == most)
            {
                return shown.Append('…').ToString();
            }

            shown.Append(keepsLines && rune.Value is ('\n' or '\t') ? rune.ToString() : Sign(rune));
        }

        return shown.ToString();
    }

    private static string Sign(Rune rune)
        => rune.Value switch
        {
            '\n' => "⏎",
            '\t' => "⇥",
            < ' ' => ((char)(FirstControlPicture + rune.Value)).ToString(),
            0x7F => DeletePicture.ToString(),
            Joiner => rune.ToString(),
            _ => Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.Control
                    or UnicodeCategory.Format
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
                ? Rune.ReplacementChar.ToString()
                : rune.ToString(),
        };
}
