using Mambascope.Checkpoints;
using Mambascope.Models;

namespace Mambascope.Application;

/// <summary>What a language model is given: a text, token ids or a file with either.</summary>
/// <param name="Text">The text, or null.</param>
/// <param name="Ids">Token ids, or null.</param>
/// <param name="File">A .txt or .safetensors file, or null.</param>
public sealed record TextInput(string? Text, int[]? Ids, string? File)
{
    /// <summary>
    /// Whether special tokens that are written in the text, such as &lt;|endoftext|&gt;, are meant as such; else they are text like any
    /// other.
    /// </summary>
    public bool ReadsSpecial { get; init; }

    /// <summary>How names of text files end.</summary>
    public const string FileEnding = ".txt";

    private const int LongestTitle = 48;
    private const int LargestFile = 1 << 26;

    /// <summary>What it is called in titles.</summary>
    public string Name
        => Text is { } text ? $"\"{ShownText.Line(text, LongestTitle)}\""
        : File is { } file ? ShownText.Line(Path.GetFileName(file))
        : $"{Ids!.Length} token ids";

    /// <summary>What it is, in full, for machines.</summary>
    public string InFull => Text ?? File ?? string.Join(',', Ids!);

    /// <summary>Turns it into tokens.</summary>
    /// <exception cref="BadInputException">It cannot be read, is empty, or has ids that the model has not.</exception>
    public TextSubject Read(TextModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(
            Name,
            InFull,
            File is { } file && !file.EndsWith(FileEnding, StringComparison.OrdinalIgnoreCase)
                    ? ReadText.OfTokens(model, model.ReadInputIds(file))
                : Ids is { } ids ? ReadText.OfIds(model, ids)
                : ReadText.Of(model, Text ?? FileText(File!), ReadsSpecial));
    }

    private static string FileText(string path)
        => Path.Exists(path) ? TextFile.Read(path, LargestFile) : throw new BadInputException($"{path}: no such file");
}
