using System.Globalization;
using System.Runtime.InteropServices;
using Mambascope.Checkpoints;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// What the loaders of all models share: shapes and values from a checkpoint, agreement with its config.json, and a record of which
/// tensors were used, so that one that belongs to no part of the model is noticed.
/// </summary>
internal sealed class ModelTensors(Checkpoint checkpoint, ConfigFile? config)
{
    private const int StacksKept = 2;

    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    // The tensors of several matrices that were read last: their parts are asked for in turn.
    private readonly Dictionary<string, byte[]> stacks = new(StringComparer.Ordinal);

    /// <summary>Where the tensors come from.</summary>
    public Checkpoint Checkpoint => checkpoint;

    /// <summary>config.json, where there is one.</summary>
    public ConfigFile? Config => config;

    /// <summary>Other names under which files have a tensor, for those who have some.</summary>
    public Func<string, IEnumerable<string>> OtherNames { get; set; } = static _ => [];

    public bool Has(string name) => checkpoint.Tensors.ContainsKey(Name(name));

    /// <summary>What a tensor is called in this checkpoint: its name, or the first of its other names that is there.</summary>
    public string Name(string name)
        => checkpoint.Tensors.ContainsKey(name) ? name : OtherNames(name).FirstOrDefault(checkpoint.Tensors.ContainsKey) ?? name;

    /// <summary>The shape of a tensor that must have <paramref name="rank"/> dimensions, none of them empty.</summary>
    public int[] Shape(string name, int rank)
    {
        var info = checkpoint.Find(name);
        return info.Shape.Length == rank && info.Shape.All(n => n is > 0 and < int.MaxValue)
            ? [.. info.Shape.Select(n => (int)n)]
            : throw new BadInputException(
                $"tensor {name} in {checkpoint.Path} has shape ({string.Join(", ", info.Shape)}), expected {rank} dimensions");
    }

    /// <summary>The values of a tensor of exactly this shape, all of them numbers.</summary>
    public float[] Read(string name, params int[] shape)
    {
        used.Add(name);
        var values = checkpoint.ReadSingles(name, shape);
        RefuseNotFinite(name, values);
        return values;
    }

    /// <summary>
    /// A weight of exactly this shape. A matrix that the file holds in 16 bits stays so; vectors, filters and A_log become singles.
    /// </summary>
    /// <param name="name">Name in the checkpoint.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="as">Name in the model, where it is another.</param>
    public Weight Weight(string name, int[] shape, string? @as = null)
    {
        if (
            shape is [var outputs, var inputs]
            && name.EndsWith(".weight", StringComparison.Ordinal)
            && checkpoint.Find(name).Type.Blocks() is { } blocks)
        {
            used.Add(name);
            return Quantised(name, blocks, checkpoint.ReadBytes(name, outputs, inputs), outputs, inputs, @as ?? name);
        }

        if (
            shape is not [var rows, var columns]
            || !name.EndsWith(".weight", StringComparison.Ordinal)
            || checkpoint.Find(name).Type is not (TensorType.F16 or TensorType.BF16))
        {
            return new(@as ?? name, Read(name, shape), shape);
        }

        used.Add(name);
        return Halves(name, checkpoint.Find(name).Type, checkpoint.ReadHalves(name, shape), rows, columns, @as ?? name);
    }

    private Weight Halves(string name, TensorType type, ushort[] values, int rows, int columns, string modelName)
    {
        var format = type == TensorType.BF16 ? WeightFormat.BF16 : WeightFormat.F16;
        var exponent = format == WeightFormat.BF16 ? 0x7F80 : 0x7C00;
        var bad = Array.FindIndex(values, value => (value & exponent) == exponent);
        PassingMemory.Leave((long)values.Length * sizeof(ushort));
        return bad < 0
            ? Numerics.Weight.OfHalves(modelName, values, format, rows, columns)
            : throw new BadInputException(
                $"tensor {name} in {checkpoint.Path} holds {((values[bad] & ~exponent & 0x7FFF) != 0 ? "NaN" : "an infinite value")} at "
                    + $"position {bad}; a model with such values cannot be run");
    }

    private void RefuseNotFinite(string name, float[] values)
    {
        var bad = values.AsSpan().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
        if (bad >= 0)
        {
            throw new BadInputException(
                $"tensor {name} in {checkpoint.Path} holds {values[bad]} at position {bad}; a model with such values cannot be run");
        }
    }

    private static TValue[] Turned<TValue>(TValue[] values, int rows, int columns)
    {
        var turned = new TValue[values.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                turned[(row * columns) + column] = values[(column * rows) + row];
            }
        }

        return turned;
    }

    // Blocks stay as they are; only their scales could be something else than numbers.
    private Weight Quantised(string name, BlockFormat format, ReadOnlySpan<byte> blocks, int rows, int columns, string modelName)
    {
        var bad = format.FirstNotFinite(blocks);
        PassingMemory.Leave(blocks.Length);
        return bad < 0
            ? Numerics.Weight.OfBlocks(modelName, format, blocks, rows, columns)
            : throw new BadInputException(
                $"tensor {name} in {checkpoint.Path} holds a scale that is not finite in block {bad}; a model with such values cannot be "
                    + "run");
    }

    /// <summary>A matrix that the file holds as (columns, rows).</summary>
    public Weight TurnedWeight(string name, int rows, int columns, string @as)
    {
        if (checkpoint.Find(name).Type is (TensorType.F16 or TensorType.BF16) and var type)
        {
            used.Add(name);
            return Halves(name, type, Turned(checkpoint.ReadHalves(name, columns, rows), rows, columns), rows, columns, @as);
        }

        return new(@as, Turned(Read(name, columns, rows), rows, columns), rows, columns);
    }

    /// <summary>
    /// Rows of one matrix out of several of equal shape in one tensor, held as the file holds them.
    /// </summary>
    /// <param name="name">The tensor, (matrices, rows, columns).</param>
    /// <param name="matrix">Which matrix.</param>
    /// <param name="firstRow">The first of its rows.</param>
    /// <param name="rows">Rows of each matrix.</param>
    /// <param name="shape">Shape of the part.</param>
    /// <param name="as">Name in the model.</param>
    public Weight StackedWeight(string name, int matrix, int firstRow, int rows, int[] shape, string @as)
    {
        var info = checkpoint.Find(name);
        if (info.Shape.Length != 3 || matrix >= info.Shape[0] || info.Shape[1] != rows || info.Shape[2] != shape[1])
        {
            throw new BadInputException(
                $"tensor {name} in {checkpoint.Path} has shape ({string.Join(", ", info.Shape)}), expected (more than {matrix}, {rows}, "
                    + $"{shape[1]})");
        }

        used.Add(name);
        if (!stacks.TryGetValue(name, out var all))
        {
            if (stacks.Count >= StacksKept)
            {
                stacks.Clear();
            }

            stacks[name] = all = checkpoint.ReadBytes(name);
        }

        // Values and blocks run along rows, so that rows are whole bytes.
        var rowBytes = all.Length / (info.Shape[0] * rows);
        var bytes = all.AsSpan(((matrix * rows) + firstRow) * rowBytes, shape[0] * rowBytes);
        if (info.Type.Blocks() is { } blocks)
        {
            return Quantised(name, blocks, bytes, shape[0], shape[1], @as);
        }

        switch (info.Type)
        {
            case TensorType.F16 or TensorType.BF16:
                return Halves(name, info.Type, MemoryMarshal.Cast<byte, ushort>(bytes).ToArray(), shape[0], shape[1], @as);
            case TensorType.F32:
                var values = MemoryMarshal.Cast<byte, float>(bytes).ToArray();
                RefuseNotFinite(name, values);
                return new(@as, values, shape);
            default:
                throw new BadInputException(
                    $"tensor {name} in {checkpoint.Path} is {info.Type}, expected F32, F16, BF16 or quantised blocks");
        }
    }

    /// <summary>Whether two tensors of one shape hold the same values.</summary>
    public bool AreEqual(string name, string other)
    {
        var isSameType = checkpoint.Find(name).Type == checkpoint.Find(other).Type;
        return isSameType
            ? checkpoint.ReadBytes(name).AsSpan().SequenceEqual(checkpoint.ReadBytes(other))
            : checkpoint.ReadSingles(name).AsSpan().SequenceEqual(checkpoint.ReadSingles(other));
    }

    /// <summary>Number of layers: one more than the highest N in names "PREFIXN.".</summary>
    /// <exception cref="BadInputException">A layer below it has no tensors.</exception>
    public int Depth(string prefix)
    {
        HashSet<int> layers =
        [
            .. checkpoint
                .Tensors.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Select(name =>
                    int.TryParse(
                        name.AsSpan(prefix.Length, Math.Max(0, name.IndexOf('.', prefix.Length) - prefix.Length)),
                        NumberStyles.None,
                        CultureInfo.InvariantCulture,
                        out var layer)
                        ? layer
                        : -1),
        ];
        layers.Remove(-1);
        var first = 0;
        while (layers.Contains(first))
        {
            first++;
        }

        return layers.Count == first
            ? first
            : throw new BadInputException(
                $"{checkpoint.Path} holds tensors of layer {prefix}{layers.Max()}, but none of layer {prefix}{first}: it is incomplete, or "
                    + "a part of a model");
    }

    /// <summary>
    /// Patches along one side of a square grid, from a position embedding (1, tokens, d) with <paramref name="others"/> tokens that are no
    /// patches.
    /// </summary>
    public int GridSide(string name, int others)
    {
        var tokens = Shape(name, 3)[1];
        var side = (int)Math.Sqrt(Math.Max(0, tokens - others));
        return side * side == tokens - others && side > 0
            ? side
            : throw new BadInputException(
                $"{name} in {checkpoint.Path} has {tokens} tokens{(others > 0 ? " with a class token" : "")}: {tokens - others} patches do "
                    + "not form a square grid");
    }

    /// <summary>Throws where config.json states another number than the tensors have.</summary>
    public void Agree(string key, int found)
    {
        if (config is not null && config.GetInt32(key, found) is var stated && stated != found)
        {
            throw new BadInputException($"{config.Path} says {key} = {stated}, the tensors of {checkpoint.Path} say {found}");
        }
    }

    /// <summary>Throws where config.json states that there is a part, or none, and the tensors say otherwise.</summary>
    public void Agree(string key, bool found)
    {
        if (config is not null && config.GetBoolean(key, found) is var stated && stated != found)
        {
            throw new BadInputException(
                $"{config.Path} says {key} = {(stated ? "true" : "false")}, the tensors of {checkpoint.Path} say otherwise");
        }
    }

    /// <summary>Throws where a tensor was not used, other than those named.</summary>
    public void RefuseUnused(string kind, params string[] ignored)
        => RefuseUnused(kind, name => Array.Exists(ignored, prefix => name.StartsWith(prefix, StringComparison.Ordinal)));

    /// <summary>Throws where a tensor was not used, other than those that the predicate knows.</summary>
    public void RefuseUnused(string kind, Predicate<string> isIgnored)
    {
        foreach (var name in checkpoint.Tensors.Keys.Order(StringComparer.Ordinal))
        {
            if (!used.Contains(name) && !isIgnored(name))
            {
                throw new BadInputException(
                    $"tensor {Printable.Name(name)} in {checkpoint.Path} belongs to no part of {kind}; this variant is not supported");
            }
        }
    }
}
