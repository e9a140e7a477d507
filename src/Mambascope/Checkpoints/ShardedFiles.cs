using System.Text.Json;

namespace Mambascope.Checkpoints;

/// <summary>A checkpoint split over several files of one folder, with an index: <c>{"weight_map": {"tensor": "shard file"}}</c>.</summary>
internal sealed class ShardedFiles : TensorSource
{
    private const int LargestIndex = 16 << 20;
    private const int LongestName = 255;

    private readonly Dictionary<string, TensorSource> shards = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorSource> shardOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorInfo> tensors = new(StringComparer.Ordinal);

    private ShardedFiles()
    {
    }

    public override IReadOnlyDictionary<string, TensorInfo> Tensors => tensors;

    public static ShardedFiles Open(string index)
    {
        var json = InputFile.ReadAll(index, LargestIndex);
        var files = new ShardedFiles();
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
            files.OpenShards(index, document.RootElement);
            return files;
        }
        catch (Exception error)
        {
            files.Dispose();
            if (error is JsonException or InvalidOperationException)
            {
                throw new BadInputException(ForeignFile.Describe(json) is { } kind
                    ? $"{index} {kind}; expected the index of a sharded checkpoint"
                    : $"{index} is damaged: {Printable.Reason(error)}", error);
            }

            throw;
        }
    }

    public override string FileOf(string name) => shardOf[name].FileOf(name);

    public override void Read(TensorInfo tensor, Span<byte> destination) => shardOf[tensor.Name].Read(tensor, destination);

    public override void Dispose()
    {
        foreach (var shard in shards.Values)
        {
            shard.Dispose();
        }
    }

    private void OpenShards(string index, JsonElement root)
    {
        if (
            root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("weight_map", out var map)
            || map.ValueKind != JsonValueKind.Object)
        {
            throw new BadInputException($"{index} has no weight_map: expected the index of a sharded checkpoint");
        }

        foreach (var entry in map.EnumerateObject())
        {
            var name = entry.Name;
            var shardName = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : "";
            var shard = OpenShard(index, name, shardName);
            if (!shard.Tensors.TryGetValue(name, out var tensor))
            {
                throw ClosestNames.Missing(name, Path.Combine(Path.GetDirectoryName(index) ?? "", shardName), shard.Tensors.Keys);
            }

            if (!tensors.TryAdd(name, tensor))
            {
                throw new BadInputException($"{index} lists tensor {Printable.Name(name)} twice");
            }

            shardOf.Add(name, shard);
        }
    }

    private TensorSource OpenShard(string index, string tensor, string shardName)
    {
        if (shards.TryGetValue(shardName, out var shard))
        {
            return shard;
        }

        // A shard lies beside its index: an index from elsewhere must not open other files of this machine, nor another index.
        if (shardName.Length is 0 or > LongestName || shardName.AsSpan().ContainsAny("/\\:\0")
            || shardName is "." or ".." || shardName.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            throw new BadInputException(
                $"{index} puts tensor {Printable.Name(tensor)} into {Printable.Name(shardName)}, expected the name of a weight file in the "
                    + "same folder");
        }

        shard = CheckpointPath.OpenWeights(Path.Combine(Path.GetDirectoryName(index) ?? "", shardName));
        shards.Add(shardName, shard);
        return shard;
    }
}
