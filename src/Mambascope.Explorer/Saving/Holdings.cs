using System.Globalization;
using System.IO.Compression;

namespace Mambascope.Explorer.Saving;

/// <summary>
/// The answers that a saved page holds, each under the question that the page asks. They share a number of characters: what does not fit is
/// not computed, or not kept, and counted.
/// </summary>
/// <param name="most">Characters for all of them.</param>
internal sealed class Holdings(long most)
{
    private readonly List<KeyValuePair<string, string>> answers = [];
    private readonly Dictionary<string, Kind> kinds = new(StringComparer.Ordinal);

    /// <summary>Question and answer, in the order in which they came: bytes, packed as the page unpacks them.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Answers => answers;

    /// <summary>Characters of all answers.</summary>
    internal long Length { get; private set; }

    /// <summary>What did not fit, in words: "30 of 48 matrices of layers".</summary>
    internal IReadOnlyList<string> LeftOut
        => [
            .. kinds.Where(kind => kind.Value.Kept < kind.Value.Offered)
                .Select(kind => string.Create(
                    CultureInfo.InvariantCulture, $"{kind.Value.Offered - kind.Value.Kept} of {kind.Value.Offered} {kind.Key}")),
        ];

    /// <summary>Keeps an answer without which there is no page.</summary>
    /// <exception cref="BadInputException">It does not fit.</exception>
    internal void Keep(string question, ReadOnlyMemory<byte> answer, bool isPacked = false)
    {
        if (!Add(question, isPacked ? Convert.ToBase64String(answer.Span) : Packed(answer)))
        {
            throw new BadInputException(string.Create(
                CultureInfo.InvariantCulture,
                $"a page may have {most >> 20} MB, and this one would have more: ask for fewer methods, or write numbers with --save"));
        }
    }

    /// <summary>Keeps an answer if it fits.</summary>
    /// <param name="kind">What it is one of, in the plural.</param>
    /// <param name="question">The question.</param>
    /// <param name="expected">
    /// Bytes that it will have before it is packed. It is not computed where not half of them fit, or where one of its kind, as large, did
    /// not.
    /// </param>
    /// <param name="answer">Computes it.</param>
    internal void Offer(string kind, string question, long expected, Func<ReadOnlyMemory<byte>> answer)
    {
        var known = kinds.GetValueOrDefault(kind) ?? new(Offered: 0, Kept: 0, TooLarge: long.MaxValue);
        var fits = expected < known.TooLarge && Length + (expected / 2) < most && Add(question, Packed(answer()));
        kinds[kind] = new(known.Offered + 1, known.Kept + (fits ? 1 : 0), fits ? known.TooLarge : Math.Min(known.TooLarge, expected));
    }

    /// <summary>How a question is written: its words in the order of the alphabet; words without a value are left out.</summary>
    internal static string Question(string what, params IEnumerable<(string Name, object? Value)> words)
    {
        string[] given =
        [
            .. words.Where(word => word.Value is not (null or ""))
                .Select(word => string.Create(CultureInfo.InvariantCulture, $"{word.Name}={word.Value}"))
                .Order(StringComparer.Ordinal),
        ];
        return given is [] ? what : $"{what}?{string.Join('&', given)}";
    }

    private sealed record Kind(int Offered, int Kept, long TooLarge);

    private static string Packed(ReadOnlyMemory<byte> bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(bytes.Span);
        }

        return Convert.ToBase64String(packed.GetBuffer().AsSpan(0, (int)packed.Length));
    }

    private bool Add(string question, string answer)
    {
        if (Length + answer.Length > most)
        {
            return false;
        }

        answers.Add(KeyValuePair.Create(question, answer));
        Length += answer.Length;
        return true;
    }
}
