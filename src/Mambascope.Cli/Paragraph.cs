namespace Mambascope.Cli;

/// <summary>Running text on a terminal.</summary>
internal static class Paragraph
{
    private const int Width = 120;

    /// <summary>Writes words in lines of at most 120 characters, so far as words allow.</summary>
    internal static void Write(TextWriter output, string text)
    {
        var used = 0;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (used > 0 && used + 1 + word.Length > Width)
            {
                output.WriteLine();
                used = 0;
            }

            output.Write(used > 0 ? $" {word}" : word);
            used += (used > 0 ? 1 : 0) + word.Length;
        }

        output.WriteLine();
    }
}
