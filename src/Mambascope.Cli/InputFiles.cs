using Mambascope.Application;

namespace Mambascope.Cli;

/// <summary>One input of a command line: a file, or what came in on stdin.</summary>
/// <param name="Path">The file, or what to call the input.</param>
/// <param name="Bytes">What came in on stdin; null for a file.</param>
internal sealed record GivenInput(string Path, byte[]? Bytes = null)
{
    /// <summary>Its text, where it came in on stdin and is one.</summary>
    internal TextInput AsText()
        => Bytes is { } bytes ? new(Checkpoints.TextFile.Decode(bytes, Path), Ids: null, File: null) : new(Text: null, Ids: null, Path);
}

/// <summary>The files that words of a command line mean: a file, a folder with all below it, a pattern with * and ?, - for stdin.</summary>
internal static class InputFiles
{
    /// <summary>What stands for stdin.</summary>
    internal const string Stdin = "-";

    private static readonly string[] pictures = [".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".dcm"];
    private static readonly string[] texts = [TextInput.FileEnding];

    // Masks that lie beside their pictures are no pictures of their own.
    private static readonly string[] masks = [".mask.png", "_mask.png"];

    private static readonly EnumerationOptions below = new() { RecurseSubdirectories = true };

    /// <summary>All files, in the order of the words, those of a folder or pattern by name.</summary>
    /// <param name="words">As written.</param>
    /// <param name="isText">Which files of a folder are meant; null for pictures, or texts where there are none.</param>
    /// <exception cref="BadInputException">A pattern that fits nothing, a folder without such files, nothing on stdin.</exception>
    internal static IReadOnlyList<GivenInput> Expand(IEnumerable<string> words, bool? isText)
        => [.. words.SelectMany(word => Of(word, isText))];

    private static IEnumerable<GivenInput> Of(string word, bool? isText)
    {
        if (word == Stdin)
        {
            return [new("stdin", ReadStdin())];
        }

        if (Directory.Exists(word))
        {
            return InFolder(word, isText).Select(file => new GivenInput(file));
        }

        return word.AsSpan().ContainsAny('*', '?') && !File.Exists(word)
            ? Matching(word).Select(file => new GivenInput(file))
            : [new(word)];
    }

    private static string[] InFolder(string folder, bool? isText)
    {
        var files = InputFile.Guarded(folder, static folder => Directory.EnumerateFiles(folder, "*", below).ToArray());
        Array.Sort(files, StringComparer.Ordinal);
        var found = isText != true ? Array.FindAll(files, file => Ends(file, pictures) && !Ends(file, masks)) : [];
        if (found.Length == 0 && isText != false)
        {
            found = Array.FindAll(files, file => Ends(file, texts));
        }

        return found.Length > 0
            ? found
            : throw new BadInputException(
                $"{folder}: expected {(isText == true ? "" : $"pictures ({string.Join(", ", pictures)})")}"
                    + $"{(isText is null ? " or " : "")}{(isText == false ? "" : "texts (.txt)")}, found none");
    }

    private static string[] Matching(string pattern)
    {
        var folder = Path.GetDirectoryName(pattern) is { Length: > 0 } named ? named : ".";
        var files = Directory.Exists(folder)
            ? InputFile.Guarded(pattern, _ => Directory.EnumerateFiles(folder, Path.GetFileName(pattern)).ToArray())
            : [];
        Array.Sort(files, StringComparer.Ordinal);
        return files.Length > 0
            ? [.. files.Select(file => folder == "." ? Path.GetFileName(file) : file)]
            : throw new BadInputException($"{pattern}: no file of such a name");
    }

    private static byte[] ReadStdin()
    {
        using var stream = Console.OpenStandardInput();
        using var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int count; (count = stream.Read(buffer)) > 0;)
        {
            content.Write(buffer, 0, count);
            if (content.Length > Imaging.ImageFile.MaxFileBytes)
            {
                throw new BadInputException($"stdin holds more than {Imaging.ImageFile.MaxFileBytes:N0} bytes");
            }
        }

        return content.Length > 0 ? content.ToArray() : throw new BadInputException("stdin is empty; expected a picture or a text");
    }

    private static bool Ends(string file, string[] endings)
        => Path.GetFileName(file)[0] != '.' && endings.Any(ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
