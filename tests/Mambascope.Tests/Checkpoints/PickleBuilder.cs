using System.Buffers.Binary;
using System.Text;

namespace Mambascope.Tests.Checkpoints;

/// <summary>Writes pickles instruction by instruction, as torch.save does, and as it never would.</summary>
internal sealed class PickleBuilder
{
    private readonly List<byte> bytes = [];

    public PickleBuilder() => Raw(0x80, 2);

    public PickleBuilder Raw(params ReadOnlySpan<byte> code)
    {
        bytes.AddRange(code);
        return this;
    }

    public PickleBuilder Code(string code) => Raw(Encoding.Latin1.GetBytes(code));

    public PickleBuilder Text(string text)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, Encoding.UTF8.GetByteCount(text));
        return Code("X").Raw(length).Raw(Encoding.UTF8.GetBytes(text));
    }

    public PickleBuilder Number(long value)
    {
        Span<byte> little = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(little, value);
        return value is >= int.MinValue and <= int.MaxValue ? Code("J").Raw(little[..4]) : Raw(0x8A, 8).Raw(little);
    }

    public PickleBuilder Tuple(params ReadOnlySpan<long> values)
    {
        Code("(");
        foreach (var value in values)
        {
            Number(value);
        }

        return Code("t");
    }

    public PickleBuilder Global(string module, string name) => Code($"c{module}\n{name}\n");

    public PickleBuilder Storage(string type, string key, long count) => Storage("torch", type, key, count);

    public PickleBuilder Storage(string module, string type, string key, long count)
    {
        return Code("(").Text("storage").Global(module, type).Text(key).Text("cpu").Number(count).Code("tQ");
    }

    /// <summary>A tensor as _rebuild_tensor_v2 makes it.</summary>
    public PickleBuilder Tensor(string storageType, string key, long storageCount, long offset, long[] sizes, long[] strides)
    {
        return Global("torch._utils", "_rebuild_tensor_v2").Code("(")
            .Storage(storageType, key, storageCount).Number(offset).Tuple(sizes).Tuple(strides).Raw(0x89)
            .Global("collections", "OrderedDict").Code(")RtR");
    }

    /// <summary>One entry of a dict of tensors: a contiguous tensor with its own storage.</summary>
    public PickleBuilder Entry(string name, string storageType, string key, params ReadOnlySpan<long> sizes)
    {
        var strides = new long[sizes.Length];
        long count = 1;
        for (var axis = sizes.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = count;
            count *= sizes[axis];
        }

        return Text(name).Tensor(storageType, key, count, 0, sizes.ToArray(), strides);
    }

    public byte[] Stop()
    {
        Code(".");
        return [.. bytes];
    }
}
