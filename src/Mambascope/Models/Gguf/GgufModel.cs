using System.Text.Json;
using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>
/// A GGUF file as the readers of architectures see it: Hugging Face's names and layouts, and a config.json made of its metadata.
/// </summary>
internal static class GgufModel
{
    /// <summary>Opens and translates a file, or the one of a folder; null where the weights are of another kind.</summary>
    /// <exception cref="BadInputException">It is damaged, or of an architecture that is not known.</exception>
    public static (Checkpoint Checkpoint, ConfigFile Config)? Open(string path)
    {
        if (!CheckpointPath.IsGguf(path))
        {
            return null;
        }

        var checkpoint = Checkpoint.Open(path);
        try
        {
            return Translate(checkpoint);
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Translates an opened file; <paramref name="checkpoint"/> then belongs to the result and is closed with it.</summary>
    /// <exception cref="BadInputException">An architecture that is not known, or tensors that do not fit it.</exception>
    public static (Checkpoint Checkpoint, ConfigFile Config) Translate(Checkpoint checkpoint)
    {
        var metadata = checkpoint.Gguf ?? throw new ArgumentException("no GGUF file", nameof(checkpoint));
        var keys = new GgufKeys(metadata, checkpoint.Tensors);
        var architecture = GgufArchitecture.All.FirstOrDefault(known => known.Name == metadata.Architecture && known.Where(keys))
            ?? throw metadata.Wrong("general.architecture", $"one of {Known()}, the architectures that are read from GGUF files");
        var config = architecture.Config(keys);
        foreach (var key in config.Where(pair => pair.Value is null).Select(pair => pair.Key).ToArray())
        {
            config.Remove(key);
        }

        if (metadata.WholeOrNull("tokenizer.ggml.eos_token_id") is { } end)
        {
            config["eos_token_id"] = end;
        }

        var queryHeads = keys.Most("attention.head_count") ?? 0;
        var source = new GgufTensors(checkpoint.Source, architecture.Rules, queryHeads, keys.Most("attention.head_count_kv") ?? queryHeads);
        return (new Checkpoint(checkpoint.Path, source), ConfigFile.Of(checkpoint.Path, ReflectedJson.Element(config)));
    }
    private static string Known() => string.Join(", ", GgufArchitecture.All.Select(known => known.Name).Distinct(StringComparer.Ordinal));
}
