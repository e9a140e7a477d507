using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>How a kind of network stands in GGUF files: names and what its converter changed, and its metadata as a config.json.</summary>
/// <param name="Name">general.architecture.</param>
/// <param name="Rules">Its tensors.</param>
/// <param name="Config">Keys of config.json from the metadata, read through <see cref="GgufKeys"/>.</param>
internal sealed record GgufArchitecture(string Name, IReadOnlyList<GgufRule> Rules, Func<GgufKeys, Dictionary<string, object?>> Config)
{
    /// <summary>Those that are known. A new one is a table and a function here.</summary>
    public static IReadOnlyList<GgufArchitecture> All { get; } = [GgufMamba.First, GgufMamba.Second, GgufGptNeoX.Architecture, GgufLlama.Architecture];
}

/// <summary>The metadata of one architecture: keys that begin with its name.</summary>
internal sealed class GgufKeys(GgufMetadata metadata)
{
    /// <summary>The number of layers.</summary>
    public int Layers => Whole("block_count") ?? throw new BadInputException($"{metadata.File}: {metadata.Architecture}.block_count is missing, expected a whole number.");

    public int? Whole(string key) => metadata.WholeOrNull($"{metadata.Architecture}.{key}");

    public double? Number(string key) => metadata.NumberOrNull($"{metadata.Architecture}.{key}");

    public bool Flag(string key, bool absent) => metadata.Flag($"{metadata.Architecture}.{key}", absent);
}
