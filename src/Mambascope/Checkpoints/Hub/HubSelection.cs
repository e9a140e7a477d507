using System.IO.Enumeration;
using System.Text.Json;

namespace Mambascope.Checkpoints.Hub;

/// <summary>Which files of a repository are needed to run a model.</summary>
internal static class HubSelection
{
    private const string IndexEnding = ".index.json";
    private const string Quantised = ".gguf";

    private static readonly string[] besideWeights =
    [
        "config.json", "generation_config.json", "preprocessor_config.json",
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.json", "merges.txt",
    ];

    /// <summary>The files that are always wanted where they exist: configuration and tokenizer.</summary>
    public static IEnumerable<string> BesideWeights(IReadOnlyList<string> files) => besideWeights.Where(files.Contains);

    /// <summary>The weights, or the index that names them: what a folder with all files would be opened by.</summary>
    /// <exception cref="BadInputException">There are none.</exception>
    public static string Weights(HubName name, IReadOnlyList<string> files)
    {
        return Named("model.safetensors") ?? Named("model.safetensors" + IndexEnding) ?? Only(".safetensors")
            ?? Named("pytorch_model.bin") ?? Named("pytorch_model.bin" + IndexEnding)
            ?? Only(".pth") ?? Only(".pt") ?? Only(".ckpt") ?? Only(Quantised)
            ?? throw new BadInputException(
                files.Where(file => file.EndsWith(Quantised, StringComparison.Ordinal)).ToList() is { Count: > 0 } several
                    ? $"{name} holds the same weights in several sizes: choose one with --file, for example --file {several[0]}, among "
                        + $"{Listed(several)}"
                    : $"{name} holds no weights that can be read here: expected model.safetensors, pytorch_model.bin or one .safetensors, "
                        + $".pth, .ckpt or .gguf file among {Listed(files)}; choose files with --file");

        string? Named(string file) => files.Contains(file) ? file : null;

        string? Only(string ending)
            => files
                .Where(file => file.EndsWith(ending, StringComparison.Ordinal) && !file.Contains('/', StringComparison.Ordinal))
                .ToList()
                is [var only]
                ? only
                : null;
    }

    public static bool IsIndex(string file) => file.EndsWith(IndexEnding, StringComparison.Ordinal);

    /// <summary>The weight files that an index names.</summary>
    /// <exception cref="BadInputException">The index is damaged or names files that are not there.</exception>
    public static IReadOnlyList<string> Shards(string indexFile, HubName name, IReadOnlyList<string> files)
    {
        const int LargestIndex = 16 << 20;
        try
        {
            using var document = JsonDocument.Parse(InputFile.ReadAll(indexFile, LargestIndex));
            var shards = document
                .RootElement.GetProperty("weight_map")
                .EnumerateObject()
                .Select(entry => entry.Value.GetString() ?? "")
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .ToList();
            return shards.Find(shard => !files.Contains(shard)) is { } missing
                ? throw new BadInputException(
                    $"{Path.GetFileName(indexFile)} of {name} names the weight file {Printable.Name(missing)}, which is not there")
                : shards;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new BadInputException(
                $"{Path.GetFileName(indexFile)} of {name} is no index of weight files: {Printable.Name(Printable.Reason(error))}", error);
        }
    }

    /// <summary>The files whose paths match one of the patterns, which may hold * and ?.</summary>
    /// <exception cref="BadInputException">A pattern matches none.</exception>
    public static IReadOnlyList<string> Matching(IReadOnlyList<string> patterns, HubName name, IReadOnlyList<string> files)
    {
        var selected = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var pattern in patterns)
        {
            var matches = files.Where(file => FileSystemName.MatchesSimpleExpression(pattern, file, ignoreCase: false)).ToList();
            if (matches.Count == 0)
            {
                throw new BadInputException(
                    $"no file of {name} is called {Printable.Name(pattern)}, expected one of {Listed(files)} (* and ? stand for any "
                        + "letters)");
            }

            selected.UnionWith(matches);
        }

        return [.. selected];
    }

    private static string Listed(IReadOnlyList<string> files)
    {
        const int Shown = 12;
        return files.Count == 0
            ? "no files"
            : string.Join(", ", files.Take(Shown).Select(Printable.Name)) + (files.Count > Shown ? ", ..." : "");
    }
}
