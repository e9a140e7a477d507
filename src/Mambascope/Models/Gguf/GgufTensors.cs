using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>
/// The tensors of a GGUF file under Hugging Face's names, with what the converter did undone as they are read. Blocks of quantised values
/// run along rows, so rows can be put in another order without unpacking them. A tensor that no rule names keeps its own name, so that the
/// reader of the architecture refuses it.
/// </summary>
internal sealed class GgufTensors : TensorSource
{
    private const string Layer = "{i}";

    private readonly TensorSource file;
    private readonly int queryHeads;
    private readonly int keyHeads;
    private readonly Dictionary<string, TensorInfo> tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (TensorInfo[] From, GgufChange Change)> origins = new(StringComparer.Ordinal);

    public GgufTensors(TensorSource file, IReadOnlyList<GgufRule> rules, int queryHeads, int keyHeads)
    {
        (this.file, this.queryHeads, this.keyHeads) = (file, queryHeads, keyHeads);
        var used = new HashSet<string>(StringComparer.Ordinal);
        var byFirst = rules.ToDictionary(rule => rule.From[0], StringComparer.Ordinal);
        foreach (var (name, first) in file.Tensors)
        {
            var (pattern, layer) = Pattern(name);
            if (byFirst.TryGetValue(pattern, out var rule))
            {
                var others = rule.From.Skip(1).Select(other => other.Replace(Layer, layer, StringComparison.Ordinal));
                TensorInfo[] from = [first, .. others.Select(other => Part(name, other))];
                used.UnionWith(from.Select(tensor => tensor.Name));
                Add(rule.To.Replace(Layer, layer, StringComparison.Ordinal), from, rule.Change);
            }
        }

        foreach (var (name, tensor) in file.Tensors.Where(tensor => !used.Contains(tensor.Key)))
        {
            Add(name, [tensor], GgufChange.None);
        }
    }

    public override IReadOnlyDictionary<string, TensorInfo> Tensors => tensors;

    public override IReadOnlyDictionary<string, string> Metadata => file.Metadata;

    public override GgufMetadata? Gguf => file.Gguf;

    public override string FileOf(string name) => file.FileOf(origins[name].From[0].Name);

    public override void Read(TensorInfo tensor, Span<byte> destination)
    {
        var (from, change) = origins[tensor.Name];
        if (from.Length == 1)
        {
            file.Read(from[0], destination);
            Undo(from[0], change, destination);
            return;
        }

        // Rows of the parts follow each other, with several experts those of each.
        var matrices = tensor.Shape.Length == 3 ? tensor.Shape[0] : 1;
        var (all, at) = (destination.Length / Math.Max(1, matrices), 0);
        foreach (var part in from)
        {
            var bytes = new byte[part.ByteLength];
            file.Read(part, bytes);
            var each = bytes.Length / Math.Max(1, matrices);
            for (var matrix = 0; matrix < matrices; matrix++)
            {
                bytes.AsSpan(matrix * each, each).CopyTo(destination[((matrix * all) + at)..]);
            }

            at += each;
        }
    }

    public override void Dispose() => file.Dispose();

    // blk.12.ssm_a is blk.{i}.ssm_a of layer 12.
    private static (string Pattern, string Layer) Pattern(string name)
    {
        const string Start = "blk.";
        var end = name.StartsWith(Start, StringComparison.Ordinal) ? name.IndexOf('.', Start.Length) : -1;
        var layer = end > 0 ? name[Start.Length..end] : "";
        return int.TryParse(layer, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? (string.Concat(Start, Layer, name.AsSpan(end)), layer)
            : (name, "");
    }

    private TensorInfo Part(string first, string name)
    {
        var wanted = file.Tensors[first];
        return file.Tensors.TryGetValue(name, out var tensor)
            && tensor.Type == wanted.Type && tensor.Shape.SequenceEqual(wanted.Shape) && wanted.Shape.Length is 2 or 3
            ? tensor
            : throw new BadInputException($"tensor {Printable.Name(name)}, which belongs to {Printable.Name(first)}, is missing in " +
                $"{file.FileOf(first)}, or has another type or shape");
    }

    private void Add(string name, TensorInfo[] from, GgufChange change)
    {
        var first = from[0];
        int[] shape = [.. first.Shape];
        if (from.Length > 1)
        {
            shape[^2] = checked(shape[^2] * from.Length);
        }

        shape = change switch
        {
            GgufChange.SqueezedMiddle when shape.Length == 2 => [shape[0], 1, shape[1]],
            GgufChange.Reshaped when first.Count <= int.MaxValue => [(int)first.Count],
            GgufChange.DecayOfLog when shape is [var heads, 1] => [heads],
            _ => shape,
        };
        if (change == GgufChange.DecayOfLog && first.Type != TensorType.F32)
        {
            throw new BadInputException($"tensor {first.Name} in {file.FileOf(first.Name)} is {first.Type}, expected F32: decay rates " +
                "are not quantised");
        }

        if (change >= GgufChange.SortedByKind)
        {
            CheckRows(first, change);
        }

        if (!tensors.TryAdd(name, new TensorInfo(name, first.Type, ImmutableCollectionsMarshal.AsImmutableArray(shape))))
        {
            throw new BadInputException($"tensor {Printable.Name(name)} is in {file.FileOf(first.Name)} twice, under its own name and " +
                $"as {first.Name}");
        }

        origins.Add(name, (from, change));
    }

    private void CheckRows(TensorInfo tensor, GgufChange change)
    {
        var unit = change == GgufChange.SortedByKind ? 3L * queryHeads : 2L * (change == GgufChange.TurnedKeys ? keyHeads : queryHeads);
        if (tensor.Shape.Length is not (1 or 2) || unit == 0 || tensor.Shape[0] % unit != 0)
        {
            throw new BadInputException($"tensor {tensor.Name} in {file.FileOf(tensor.Name)} has shape " +
                $"{TensorInfo.ShapeText(tensor.Shape.AsSpan())}, whose rows do not belong to {queryHeads} query and {keyHeads} key heads");
        }
    }

    private void Undo(TensorInfo tensor, GgufChange change, Span<byte> bytes)
    {
        switch (change)
        {
            case GgufChange.DecayOfLog:
                foreach (ref var value in MemoryMarshal.Cast<byte, float>(bytes))
                {
                    value = (float)Math.Log(-(double)value);
                }

                break;
            case GgufChange.SortedByKind:
                // Row (head, kind, c) of the original stands at (kind, head, c).
                var width = tensor.Shape[0] / (3 * queryHeads);
                Reorder(tensor, bytes, row => (((row / width % 3 * queryHeads) + (row / width / 3)) * width) + (row % width));
                break;
            case GgufChange.TurnedQueries or GgufChange.TurnedKeys:
                // Row (head, a, b) of the original, a = 0 or 1, stands at (head, b, a).
                var channels = tensor.Shape[0] / (change == GgufChange.TurnedKeys ? keyHeads : queryHeads);
                var half = channels / 2;
                Reorder(tensor, bytes, row => (row / channels * channels) + (2 * (row % channels % half)) + (row % channels / half));
                break;
        }
    }

    // Row r of the result is row from(r) of what was read.
    private static void Reorder(TensorInfo tensor, Span<byte> bytes, Func<int, int> from)
    {
        var rowBytes = bytes.Length / tensor.Shape[0];
        var copy = ArrayPool<byte>.Shared.Rent(bytes.Length);
        try
        {
            bytes.CopyTo(copy);
            for (var row = 0; row < tensor.Shape[0]; row++)
            {
                copy.AsSpan(from(row) * rowBytes, rowBytes).CopyTo(bytes[(row * rowBytes)..]);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }
}
