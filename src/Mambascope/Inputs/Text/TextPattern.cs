using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Mambascope.Inputs.Text;

/// <summary>
/// A regular expression over whole characters. The runtime's expressions see UTF-16, where a letter beyond U+FFFF is two units
/// that are no letters; so each such character is replaced by one of the same category before matching.
/// </summary>
internal sealed partial class TextPattern
{
    // A hostile pattern may need exponential time for a match, or a second for each of many.
    private const int LongestMatchMilliseconds = 10_000;
    private const double AllowedMillisecondsALetter = 0.01;

    private readonly Regex regex;
    private readonly string expression;
    private readonly int longestMatch; // milliseconds

    private TextPattern(Regex regex, string? expression = null, int longestMatch = LongestMatchMilliseconds)
        => (this.regex, this.expression, this.longestMatch) = (regex, expression ?? regex.ToString(), longestMatch);

    /// <summary>Words, numbers and runs of other signs, each with a space before it; contractions; white space.</summary>
    public static TextPattern Gpt2 { get; } = new(Gpt2Words());

    /// <summary>One character that is a digit or another number.</summary>
    public static TextPattern Digit { get; } = new(AnyNumber());

    /// <summary>One character of ASCII's or Unicode's punctuation.</summary>
    public static TextPattern Punctuation { get; } = new(AnyPunctuation());

    /// <summary>A pattern out of a tokenizer.json, in Oniguruma's dialect.</summary>
    /// <exception cref="ArgumentException">Too long, too deep, damaged, or something that has no equal here.</exception>
    /// <param name="expression">The pattern.</param>
    /// <param name="longest">After how long the matches of a text are given up; ten seconds when null.</param>
    public static TextPattern Of(string expression, TimeSpan? longest = null)
    {
        var milliseconds = longest is { } time ? (int)time.TotalMilliseconds : LongestMatchMilliseconds;
        return new(Prepared(OnigurumaPattern.Translate(expression), milliseconds), expression, milliseconds);
    }

    /// <summary>A pattern that matches one text.</summary>
    /// <exception cref="ArgumentException">The text is too long, or has characters beyond U+FFFF.</exception>
    public static TextPattern Literally(string text) => text.Length <= OnigurumaPattern.Longest
        ? new(Prepared(string.Concat(text.Select(CharacterClass.Literal))), text)
        : throw new ArgumentException($"it has {text.Length:N0} characters, expected at most {OnigurumaPattern.Longest:N0}", nameof(text));

    /// <summary>Where it matches, in order.</summary>
    /// <exception cref="BadInputException">The pattern takes too long on this text.</exception>
    public IReadOnlyList<(int Start, int End)> Matches(ReadOnlyMemory<char> text)
    {
        var found = new List<(int, int)>();
        var clock = Stopwatch.StartNew();
        var allowed = longestMatch + (AllowedMillisecondsALetter * text.Length);
        try
        {
            if (!text.Span.ContainsAnyInRange('\uD800', '\uDFFF'))
            {
                foreach (var match in regex.EnumerateMatches(text.Span))
                {
                    found.Add((match.Index, match.Index + match.Length));
                    CheckTime();
                }

                return found;
            }

            var (standIns, offsets) = StandIns(text.Span);
            foreach (var match in regex.EnumerateMatches(standIns))
            {
                found.Add((offsets[match.Index], offsets[match.Index + match.Length]));
                CheckTime();
            }

            return found;
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new BadInputException(
                $"the tokenizer's pattern {Printable.Name(expression)} needs more than "
                    + $"{(longestMatch / 1000.0).ToString(CultureInfo.InvariantCulture)} seconds on this text; expected a pattern that is "
                    + "quick on every text",
                error);
        }

        void CheckTime()
        {
            if (clock.ElapsedMilliseconds > allowed)
            {
                throw new RegexMatchTimeoutException();
            }
        }
    }

    private static Regex Prepared(string expression, int milliseconds = LongestMatchMilliseconds)
        => new(expression, RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>One unit for each character, and where each begins in the text (one more for the end).</summary>
    private static (char[] Units, int[] Offsets) StandIns(ReadOnlySpan<char> text)
    {
        var units = new List<char>(text.Length);
        var offsets = new List<int>(text.Length + 1);
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            units.Add(rune.IsBmp ? (char)rune.Value : StandIn(Rune.GetUnicodeCategory(rune)));
            offsets.Add(at);
            at += rune.Utf16SequenceLength;
        }

        offsets.Add(at);
        return ([.. units], [.. offsets]);
    }

    private static char StandIn(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => '\u00D8',
        UnicodeCategory.LowercaseLetter => '\u00F8',
        UnicodeCategory.TitlecaseLetter => '\u01C5',
        UnicodeCategory.ModifierLetter => '\u02B0',
        UnicodeCategory.OtherLetter => '\u4E00',
        UnicodeCategory.NonSpacingMark => '\u0300',
        UnicodeCategory.SpacingCombiningMark => '\u0903',
        UnicodeCategory.EnclosingMark => '\u0488',
        UnicodeCategory.DecimalDigitNumber => '\u0660',
        UnicodeCategory.LetterNumber => '\u2160',
        UnicodeCategory.OtherNumber => '\u00BD',
        UnicodeCategory.ConnectorPunctuation => '\u203F',
        UnicodeCategory.DashPunctuation => '\u2014',
        UnicodeCategory.OpenPunctuation => '\u2045',
        UnicodeCategory.ClosePunctuation => '\u2046',
        UnicodeCategory.InitialQuotePunctuation => '\u00AB',
        UnicodeCategory.FinalQuotePunctuation => '\u00BB',
        UnicodeCategory.OtherPunctuation => '\u00A1',
        UnicodeCategory.MathSymbol => '\u00D7',
        UnicodeCategory.CurrencySymbol => '\u00A4',
        UnicodeCategory.ModifierSymbol => '\u00B4',
        UnicodeCategory.OtherSymbol => '\u00A9',
        UnicodeCategory.Format => '\u00AD',
        _ => '\uE000', // private use: nothing else there is beyond U+FFFF
    };

    [GeneratedRegex(
        @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
        RegexOptions.CultureInvariant,
        LongestMatchMilliseconds)]
    private static partial Regex Gpt2Words();

    [GeneratedRegex(@"\p{N}", RegexOptions.CultureInvariant, LongestMatchMilliseconds)]
    private static partial Regex AnyNumber();

    [GeneratedRegex(@"[\p{P}!-/:-@\[-`{-~]", RegexOptions.CultureInvariant, LongestMatchMilliseconds)]
    private static partial Regex AnyPunctuation();
}
