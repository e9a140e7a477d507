using Mambascope.Checkpoints;
using Mambascope.Checkpoints.Hub;

namespace Mambascope.Models;

/// <summary>
/// What a user names when asking for a model: a folder, a weight file, the name of a model that ships (<c>demo-vim</c>), of a hub model
/// that is in the Hugging Face cache (<c>OWNER/NAME</c>), or <c>random:PRESET[:SEED][:FORMAT]</c>.
/// </summary>
public sealed record ModelSpecification
{
    /// <summary>What stands before the name of a preset.</summary>
    public const string RandomPrefix = "random:";

    private const int LongestName = 255;

    private const string ShippedFolder = "models";

    private ModelSpecification(string text, string name)
    {
        Text = text;
        Name = OneLine.Of(name, LongestName); // shown in titles and messages, whatever the folder is called
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>A short name for titles: the folder's, the file's, or the text itself.</summary>
    public string Name { get; }

    /// <summary>Folder or weight file; null for random weights.</summary>
    public string? Path { get; private init; }

    /// <summary>PRESET[:SEED][:FORMAT] for random weights; null for a file.</summary>
    public string? Preset { get; private init; }

    /// <summary>
    /// Understands what was written; the bare name of a shipped model means that model, ./NAME a folder of the same name.
    /// </summary>
    /// <exception cref="BadInputException">There is no such file, folder or shipped model.</exception>
    public static ModelSpecification Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith(RandomPrefix, StringComparison.Ordinal))
        {
            return new(text, text) { Preset = text[RandomPrefix.Length..] };
        }

        // A folder of the same name in the current directory must not change what a command means.
        if (
            IsPlainName(text)
            && ShippedFolders().Select(folder => System.IO.Path.Combine(folder, text)).FirstOrDefault(Directory.Exists) is { } shipped)
        {
            return new(text, text) { Path = shipped };
        }

        if (File.Exists(text) || Directory.Exists(text))
        {
            var full = System.IO.Path.GetFullPath(text);
            return new(text, System.IO.Path.GetFileName(full.TrimEnd(System.IO.Path.DirectorySeparatorChar))) { Path = full };
        }

        if (HubName.TryParse(text, out var name))
        {
            return new(text, name.Repository[(name.Repository.IndexOf('/', StringComparison.Ordinal) + 1)..])
            {
                Path = HubCache.FromEnvironment().RequireModel(name, NearModels.Hint(text)),
            };
        }

        throw new BadInputException(
            $"model {Printable.Name(text)} was not found: it is no folder, no file and not the name of a shipped model ({Listed()}); "
                + $"random weights are written random:PRESET, for example random:vim-small{NearModels.Hint(text)}");
    }

    /// <summary>Names of the models that ship with the program.</summary>
    public static IReadOnlyList<string> Shipped()
        => [
            .. ShippedFolders()
                .Where(Directory.Exists)
                .SelectMany(Directory.GetDirectories)
                .Select(folder => System.IO.Path.GetFileName(folder)!)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>A file that lies beside the weights, such as config.json; null for random weights or where there is none.</summary>
    public string? Beside(string fileName)
    {
        var folder = Directory.Exists(Path) ? Path : System.IO.Path.GetDirectoryName(Path);
        var file = folder is null ? null : System.IO.Path.Combine(folder, fileName);
        return File.Exists(file) ? file : null;
    }

    // Beside the program when installed; in the repository when run from its source.
    private static IEnumerable<string> ShippedFolders()
    {
        yield return System.IO.Path.Combine(AppContext.BaseDirectory, ShippedFolder);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Mambascope.slnx")))
            {
                yield return System.IO.Path.Combine(folder.FullName, ShippedFolder);
                yield break;
            }
        }
    }

    private static bool IsPlainName(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static string Listed() => Shipped() is { Count: > 0 } names ? string.Join(", ", names) : "none is installed";
}
