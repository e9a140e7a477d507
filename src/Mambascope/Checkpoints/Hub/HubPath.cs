namespace Mambascope.Checkpoints.Hub;

/// <summary>Paths that another machine names: nothing may lead out of the folder they are put into.</summary>
internal static class HubPath
{
    private const int LongestPart = 255;
    private const int MostParts = 16;

    /// <summary>Whether this is a relative path with / between plain names, on every system.</summary>
    public static bool IsSafe(string path) => path.Split('/') is { Length: <= MostParts } parts && parts.All(IsSafePart);

    /// <summary>Whether this is one plain name.</summary>
    public static bool IsSafePart(string part)
        => part.Length is > 0 and <= LongestPart
        && part is not ("." or "..")
        && part[^1] is not ('.' or ' ')
        && !part.Any(c => char.IsControl(c) || char.IsSurrogate(c) || c is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|');
}
