using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>The metadata of one file's architecture, whose keys begin with its name, and which tensors there are.</summary>
internal sealed class GgufKeys(GgufMetadata metadata, IReadOnlyDictionary<string, TensorInfo> tensors)
{
    // More than any model has; hostile files may state any number.
    private const int MostLayers = 10_000;

    /// <summary>The number of layers.</summary>
    public int Layers => Whole("block_count") switch
    {
        null => throw new BadInputException($"{metadata.File}: {Key("block_count")} is missing, expected a whole number"),
        > MostLayers => throw metadata.Wrong(Key("block_count"), $"at most {MostLayers}"),
        var layers => layers.Value,
    };

    /// <summary>A whole number; null where the key is absent, or holds one for each layer.</summary>
    public int? Whole(string key) => metadata.Values.GetValueOrDefault(Key(key)) is Array ? null : metadata.WholeOrNull(Key(key));

    /// <summary>The largest of the layers' numbers, or the one that all share; null where the key is absent.</summary>
    public int? Most(string key) => metadata.Has(Key(key)) ? PerLayer(key).DefaultIfEmpty().Max() : null;

    /// <summary>One number over another, rounded down; null where one is absent, or the second 0.</summary>
    public int? Ratio(string key, string other) => Most(other) is > 0 and var divisor ? Most(key) / divisor : null;

    /// <summary>A whole number for each layer.</summary>
    public int[] PerLayer(string key) => metadata.WholePerLayer(Key(key), Layers);

    public double? Number(string key) => metadata.NumberOrNull(Key(key));

    public bool Flag(string key, bool absent) => metadata.Flag(Key(key), absent);

    public bool Has(string key) => metadata.Has(Key(key));

    /// <summary>Whether a layer has a tensor.</summary>
    public bool HasTensor(int layer, string name) => tensors.ContainsKey($"blk.{layer}.{name}");

    /// <summary>Those of the layers that hold attention: there are key heads.</summary>
    public int[] AttentionLayers()
    {
        var heads = PerLayer("attention.head_count_kv");
        return [.. Enumerable.Range(0, heads.Length).Where(layer => heads[layer] > 0)];
    }

    /// <summary>An error about these metadata.</summary>
    public BadInputException Error(string what) => new($"{metadata.File}: {what}");

    private string Key(string key) => $"{metadata.Architecture}.{key}";
}
