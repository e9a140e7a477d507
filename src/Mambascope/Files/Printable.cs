using System.Text;

namespace Mambascope;

/// <summary>
/// Names that come out of a file, made fit for a one-line message: a hostile file may name a tensor with a megabyte of text,
/// line breaks or terminal escape codes.
/// </summary>
internal static class Printable
{
    private const int Longest = 120;
    private const int LongestReason = 300;

    public static string Name(string name) => name.Length == 0 ? "''" : OneLine.Of(name, Longest);

    /// <summary>The first line of another component's error message, bounded, without its final full stop.</summary>
    public static string Reason(Exception error)
    {
        string message = error.Message;
        int end = message.AsSpan().IndexOfAny('\r', '\n');
        return OneLine.Of((end < 0 ? message : message[..end]).TrimEnd('.'), LongestReason);
    }
}
