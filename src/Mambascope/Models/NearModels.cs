namespace Mambascope.Models;

/// <summary>Models that a name that leads nowhere may have meant: those that ship, presets, folders and weight files beside.</summary>
internal static class NearModels
{
    private const int Listed = 2000;

    private static readonly string[] weightEndings = [".safetensors", ".bin", ".pth", ".pt", ".ckpt", ".gguf"];

    /// <summary>"; did you mean demo-vim", or nothing where none is near.</summary>
    public static string Hint(string text)
        => Presets.Names.Contains(text, StringComparer.OrdinalIgnoreCase)
            ? $"; did you mean {ModelSpecification.RandomPrefix}{text.ToLowerInvariant()}"
            : ClosestNames.Hint(text, ModelSpecification.Shipped().Concat(Beside(text)));

    // What lies in the deepest folder of the path that is there; where a folder within the path is misspelt, what has the rest of it.
    private static string[] Beside(string text)
    {
        var path = text.TrimEnd(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        var (folder, rest) = (Path.GetDirectoryName(path) ?? "", "");
        while (folder.Length > 0 && !Directory.Exists(folder))
        {
            rest = Path.GetRelativePath(folder, path);
            folder = Path.GetDirectoryName(folder) ?? "";
        }

        return
        [
            .. Entries(folder.Length > 0 ? folder : ".")
                .Select(entry => Path.Combine(folder, Path.GetFileName(entry), rest))
                .Where(candidate => IsWeights(candidate) ? File.Exists(candidate) : IsModel(candidate)),
        ];
    }

    private static IEnumerable<string> Entries(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Take(Listed)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return []; // a hint is not worth an error of its own
        }
    }

    private static bool IsModel(string folder)
        => Directory.Exists(folder) && Entries(folder).Any(file => IsWeights(file) || Path.GetFileName(file) == "config.json");

    private static bool IsWeights(string file) => weightEndings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);
}
