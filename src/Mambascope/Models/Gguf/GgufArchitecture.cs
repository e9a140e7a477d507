using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>How a kind of network stands in GGUF files: names and what its converter changed, and its metadata as a config.json.</summary>
/// <param name="Name">general.architecture.</param>
/// <param name="Rules">Its tensors.</param>
/// <param name="Config">Keys of config.json from the metadata; a null is left out.</param>
internal sealed record GgufArchitecture(string Name, IReadOnlyList<GgufRule> Rules, Func<GgufKeys, Dictionary<string, object?>> Config)
{
    /// <summary>Those that are known. A new one is a table and a function here.</summary>
    public static IReadOnlyList<GgufArchitecture> All { get; } =
    [
        GgufMamba.First, GgufMamba.Second, GgufGptNeoX.Architecture, GgufLlama.Llama, GgufLlama.Qwen2, GgufFalconH1.Architecture,
        GgufGranite.Bamba, GgufGranite.Hybrid, GgufGranite.Attention, GgufJamba.Architecture, GgufNemotronH.Dense, GgufNemotronH.Mixture,
    ];

    /// <summary>Which files of this name are meant, where two kinds share it.</summary>
    public Func<GgufKeys, bool> Where { get; init; } = static _ => true;
}
