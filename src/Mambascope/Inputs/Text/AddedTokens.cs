using System.Globalization;
using System.Text;

namespace Mambascope.Inputs.Text;

/// <summary>A text that is one token wherever it stands, such as <c>&lt;|endoftext|&gt;</c>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">The text.</param>
/// <param name="IsWord">Only where no letter, digit or _ touches it.</param>
/// <param name="TakesLeft">White space before it belongs to it.</param>
/// <param name="TakesRight">White space after it belongs to it.</param>
/// <param name="IsNormalised">Looked for after normalisation rather than before.</param>
/// <param name="IsSpecial">It stands for an instruction, such as the end of a text, and not for text.</param>
internal sealed record AddedToken(
    int Id, string Content, bool IsWord, bool TakesLeft, bool TakesRight, bool IsNormalised, bool IsSpecial = false);

/// <summary>Finds added tokens in a text: the first one, the longest of those that begin at the same place.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<(int Node, char Unit), int> edges = [];
    private readonly Dictionary<int, AddedToken> ends = [];

    private readonly IReadOnlyList<(string Content, AddedToken Token)> all;

    public AddedTokens(IEnumerable<(string Content, AddedToken Token)> tokens)
    {
        all = [.. tokens];
        foreach (var (content, token) in all.Where(token => token.Content.Length > 0))
        {
            var node = 0;
            foreach (var unit in content)
            {
                if (!edges.TryGetValue((node, unit), out var next))
                {
                    next = edges.Count + 1;
                    edges.Add((node, unit), next);
                }

                node = next;
            }

            ends[node] = token;
        }
    }

    /// <summary>Those that stand for text.</summary>
    public AddedTokens WithoutSpecial() => new(all.Where(token => !token.Token.IsSpecial));

    /// <summary>The text in parts: those with a token are that token, the others are none and not empty.</summary>
    public IReadOnlyList<(AlignedText Text, AddedToken? Token)> Cut(AlignedText text)
    {
        if (ends.Count == 0)
        {
            return text.Length > 0 ? [(text, null)] : [];
        }

        var parts = new List<(AlignedText, AddedToken?)>();
        var done = 0;
        for (var at = 0; at < text.Length;)
        {
            if (At(text.Span, at) is not var (token, end))
            {
                at++;
                continue;
            }

            if (
                token.IsWord
                && (
                    IsWordUnit(Rune.DecodeLastFromUtf16(text.Span[..at], out var before, out _), before)
                    || IsWordUnit(Rune.DecodeFromUtf16(text.Span[end..], out var after, out _), after)))
            {
                at = end;
                continue;
            }

            var start = token.TakesLeft ? done + text.Span[done..at].TrimEnd().Length : at;
            end += token.TakesRight ? text.Length - end - text.Span[end..].TrimStart().Length : 0;
            if (done < start)
            {
                parts.Add((text.Slice(done, start - done), null));
            }

            parts.Add((text.Slice(start, end - start), token));
            at = done = end;
        }

        if (done < text.Length)
        {
            parts.Add((text.Slice(done, text.Length - done), null));
        }

        return parts;
    }

    private (AddedToken Token, int End)? At(ReadOnlySpan<char> text, int start)
    {
        (AddedToken, int)? longest = null;
        for (var (node, at) = (0, start); at < text.Length && edges.TryGetValue((node, text[at]), out node); at++)
        {
            if (ends.TryGetValue(node, out var token))
            {
                longest = (token, at + 1);
            }
        }

        return longest;
    }

    private static bool IsWordUnit(System.Buffers.OperationStatus status, Rune rune)
        => status == System.Buffers.OperationStatus.Done
        && (
            Rune.IsLetterOrDigit(rune)
            || Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.ConnectorPunctuation
                    or UnicodeCategory.NonSpacingMark
                    or UnicodeCategory.SpacingCombiningMark
                    or UnicodeCategory.EnclosingMark);
}
