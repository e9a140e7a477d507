using Mambascope.Checkpoints;

namespace Mambascope.Evaluation.Datasets;

/// <summary>The picture files of a folder, by their endings, in the order of their names: ordinal, so the same on every machine.</summary>
internal static class PictureFiles
{
    /// <summary>How names of pictures end.</summary>
    internal static IReadOnlyList<string> Endings { get; } = [".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".dcm"];

    /// <summary>Names of the pictures directly in a folder; hidden files are passed over.</summary>
    /// <exception cref="BadInputException">The folder cannot be read.</exception>
    public static string[] In(string folder) => InputFile.Guarded(folder, static folder =>
    {
        var names = Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Where(IsPicture).ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    });

    /// <summary>Names of the folders directly in a folder, sorted; hidden ones are passed over.</summary>
    /// <exception cref="BadInputException">The folder cannot be read.</exception>
    public static string[] FoldersIn(string folder) => InputFile.Guarded(folder, static folder =>
    {
        var names = Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Where(name => name[0] != '.').ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    });

    // "._a.jpg" is what macOS leaves on other file systems: no picture, whatever its ending.
    private static bool IsPicture(string name)
        => name[0] != '.' && Endings.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);
}
