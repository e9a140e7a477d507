using System.Text;

namespace Mambascope;

/// <summary>
/// Names that come out of a file, made fit for a one-line message: a hostile file may name a tensor with a megabyte of text,
/// line breaks or terminal escape codes.
/// </summary>
internal static class Printable
{
    private const int Longest = 120;

    public static string Name(string name)
    {
        if (name.Length == 0)
        {
            return "''";
        }

        var text = new StringBuilder(Math.Min(name.Length, Longest) + 3);
        foreach (char c in name.AsSpan(0, Math.Min(name.Length, Longest)))
        {
            text.Append(char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' ? '?' : c);
        }

        return name.Length > Longest ? text.Append("...").ToString() : text.ToString();
    }

    /// <summary>The first line of another component's error message, without its final full stop.</summary>
    public static string Reason(Exception error)
    {
        string message = error.Message;
        int end = message.AsSpan().IndexOfAny('\r', '\n');
        return (end < 0 ? message : message[..end]).TrimEnd('.');
    }
}
