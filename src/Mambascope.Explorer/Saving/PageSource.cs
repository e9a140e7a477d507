using System.Text;

namespace Mambascope.Explorer.Saving;

/// <summary>The files of the page as text, as they are inside the program.</summary>
internal static class PageSource
{
    /// <summary>A file of the page.</summary>
    internal static string Read(string name) => Resource($"page/{name}")!;

    /// <summary>A file of the page, or what stands in its place where there is no server.</summary>
    internal static string ReadSaved(string name) => Resource($"saved/{name}") ?? Read(name);

    // Line ends as a browser counts them, whatever the checkout made of them.
    private static string? Resource(string name)
    {
        using var stream = typeof(PageSource).Assembly.GetManifestResourceStream(name);
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
