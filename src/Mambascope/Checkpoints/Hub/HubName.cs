using System.Diagnostics.CodeAnalysis;

namespace Mambascope.Checkpoints.Hub;

/// <summary>
/// The name of a model on the Hugging Face hub, <c>OWNER/NAME</c> (a few old ones have no owner), and a revision of it: a branch, a tag or
/// a commit. Both become parts of paths and addresses, so only what the hub allows is accepted.
/// </summary>
/// <param name="Repository">OWNER/NAME.</param>
/// <param name="Revision">Branch, tag or commit.</param>
public sealed record HubName(string Repository, string Revision)
{
    /// <summary>May stand before a name, where it could be mistaken for a file.</summary>
    public const string Prefix = "hub:";

    /// <summary>The revision that is meant when none is named.</summary>
    public const string MainRevision = "main";

    private const int LongestPart = 96;
    private const int CommitLength = 40;

    /// <summary>Whether the revision is a commit rather than a name for one.</summary>
    public bool IsCommit => IsCommitHash(Revision);

    /// <summary>Its folder in the cache.</summary>
    internal string FolderName => "models--" + Repository.Replace("/", "--", StringComparison.Ordinal);

    /// <summary>Understands OWNER/NAME or NAME, with <c>hub:</c> before it and <c>@REVISION</c> behind it or not.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="revision">The revision, where it was written apart; null for the one in the text, or main.</param>
    /// <exception cref="BadInputException">The hub has no such names.</exception>
    public static HubName Parse(string text, string? revision = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (repository, written) = Parts(text);
        if (!IsRepository(repository))
        {
            throw new BadInputException(
                $"{Printable.Name(text)} is no name of a hub model, expected OWNER/NAME, for example state-spaces/mamba-130m-hf");
        }

        var meant = revision ?? written ?? MainRevision;
        return HubPath.IsSafe(meant)
            ? new(repository, meant)
            : throw new BadInputException($"{Printable.Name(meant)} is no revision, expected a branch, a tag or a commit of {repository}");
    }

    /// <summary>
    /// Whether a text can only be meant as a hub model: <c>hub:...</c> or OWNER/NAME, either with <c>@REVISION</c> or not.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out HubName? name)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (repository, revision) = Parts(text);
        var isMeant = text.StartsWith(Prefix, StringComparison.Ordinal) || repository.Contains('/', StringComparison.Ordinal);
        name =
            isMeant && IsRepository(repository) && HubPath.IsSafe(revision ?? MainRevision)
                ? new(repository, revision ?? MainRevision)
                : null;
        return name is not null;
    }

    internal static bool IsCommitHash(string text) => text.Length == CommitLength && text.All(char.IsAsciiHexDigitLower);

    /// <summary>OWNER/NAME, and @REVISION where that is not main.</summary>
    public override string ToString() => Revision == MainRevision ? Repository : $"{Repository}@{Revision}";

    private static (string Repository, string? Revision) Parts(string text)
    {
        var name = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        return name.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at ? (name[..at], name[(at + 1)..]) : (name, null);
    }

    private static bool IsRepository(string text) => text.Split('/') is { Length: 1 or 2 } parts && parts.All(IsPart);

    private static bool IsPart(string part)
        => part.Length is > 0 and <= LongestPart
            && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            && part[0] is not ('-' or '.') && part[^1] is not ('-' or '.')
            && !part.Contains("--", StringComparison.Ordinal) && !part.Contains("..", StringComparison.Ordinal);
}
