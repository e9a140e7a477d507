using System.Text.Json;
using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>A GGUF file as the readers of architectures see it: Hugging Face's names and layouts, and a config.json made of its metadata.</summary>
internal static class GgufModel
{
    /// <summary>Translates an opened file; <paramref name="checkpoint"/> then belongs to the result and is closed with it.</summary>
    /// <exception cref="BadInputException">An architecture that is not known, or tensors that do not fit it.</exception>
    public static (Checkpoint Checkpoint, ConfigFile Config) Translate(Checkpoint checkpoint)
    {
        var metadata = checkpoint.Gguf ?? throw new ArgumentException("no GGUF file", nameof(checkpoint));
        var architecture = GgufArchitecture.All.FirstOrDefault(known => known.Name == metadata.Architecture)
            ?? throw metadata.Wrong("general.architecture", $"one of {string.Join(", ", GgufArchitecture.All.Select(known => known.Name))}, the architectures that are read from GGUF files");
        var config = architecture.Config(new GgufKeys(metadata));
        foreach (var key in config.Where(pair => pair.Value is null).Select(pair => pair.Key).ToArray())
        {
            config.Remove(key);
        }

        var heads = (metadata.WholeOrNull($"{architecture.Name}.attention.head_count") ?? 0, metadata.WholeOrNull($"{architecture.Name}.attention.head_count_kv"));
        var source = new GgufTensors(checkpoint.Source, architecture.Rules, heads.Item1, heads.Item2 ?? heads.Item1);
        return (new Checkpoint(checkpoint.Path, source), ConfigFile.Of(checkpoint.Path, JsonSerializer.SerializeToElement(config)));
    }
}
