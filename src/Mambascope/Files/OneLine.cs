using System.Globalization;
using System.Text;

namespace Mambascope;

/// <summary>
/// Text of unknown origin as part of a line on a terminal. What would act rather than show is replaced by '?': line breaks, bells and
/// escape codes, marks that turn the direction of writing or cannot be seen, halves of surrogate pairs. What is too long is cut.
/// </summary>
internal static class OneLine
{
    private const int Joiner = 0x200D; // inside emoji

    /// <summary>At most <paramref name="longest"/> UTF-16 units, and "..." where there were more.</summary>
    public static string Of(string text, int longest)
    {
        if (text.Length <= longest && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var shown = new StringBuilder(Math.Min(text.Length, longest) + 3);
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var status = Rune.DecodeFromUtf16(rest, out var rune, out var length);
            if (shown.Length + length > longest)
            {
                return shown.Append("...").ToString();
            }

            shown.Append(status == System.Buffers.OperationStatus.Done && Shows(rune) ? rest[..length] : "?");
            rest = rest[length..];
        }

        return shown.ToString();
    }

    private static bool Shows(Rune rune) => rune.Value == Joiner || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
