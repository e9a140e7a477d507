using Mambascope.Checkpoints;
using Mambascope.Models;

namespace Mambascope.Cli.Texts;

/// <summary>What a language model is given: a text, token ids or a file with either.</summary>
/// <param name="Text">The text, or null.</param>
/// <param name="Ids">Token ids, or null.</param>
/// <param name="File">A .txt or .safetensors file, or null.</param>
internal sealed record TextInput(string? Text, int[]? Ids, string? File)
{
    internal const string FileEnding = ".txt";
    private const int LongestTitle = 48;
    private const int LargestFile = 1 << 26;

    /// <summary>What it is called in titles.</summary>
    internal string Name => Text is { } text ? $"\"{ShownText.Line(text, LongestTitle)}\"" : File is { } file ? ShownText.Line(Path.GetFileName(file)) : $"{Ids!.Length} token ids";

    /// <summary>What it is, in full, for machines.</summary>
    internal string InFull => Text ?? File ?? string.Join(',', Ids!);

    /// <summary>Turns it into tokens.</summary>
    /// <exception cref="BadInputException">It cannot be read, is empty, or has ids that the model has not.</exception>
    internal ReadText Read(Session session, TextModel model) => session.Progress.During("reading the text", () =>
    {
        if (File is { } file && !file.EndsWith(FileEnding, StringComparison.OrdinalIgnoreCase))
        {
            return ReadText.OfTokens(model, model.ReadInputIds(file));
        }

        return Ids is { } ids ? ReadText.OfTokens(model, model.Locate(ids)) : ReadText.Of(model, Text ?? FileText(File!));
    });

    private static string FileText(string path)
        => Path.Exists(path) ? TextFile.Read(path, LargestFile) : throw new BadInputException($"{path}: no such file");
}
