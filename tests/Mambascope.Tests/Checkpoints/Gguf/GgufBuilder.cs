using System.Text;
using Mambascope.Checkpoints;

namespace Mambascope.Tests.Checkpoints.Gguf;

/// <summary>Writes small GGUF files: metadata of the types that tests need, tensors given by their bytes.</summary>
internal sealed class GgufBuilder
{
    private const int Alignment = 32;

    private readonly List<Action<BinaryWriter>> keys = [];
    private readonly List<(string Name, uint Type, int[] Shape, byte[] Bytes)> tensors = [];

    public GgufBuilder Add(string key, object value)
    {
        keys.Add(writer =>
        {
            Put(writer, key);
            var (type, write) = Value(value);
            writer.Write(type);
            write(writer);
        });
        return this;
    }

    /// <summary>Adds a tensor of singles; the shape outermost first.</summary>
    public GgufBuilder AddTensor(string name, float[] values, params int[] shape)
        => AddTensor(name, 0, [.. values.SelectMany(BitConverter.GetBytes)], shape);

    public GgufBuilder AddTensor(string name, uint type, byte[] bytes, params int[] shape)
    {
        tensors.Add((name, type, shape, bytes));
        return this;
    }

    /// <summary>Adds a quantised tensor of random blocks with small scales.</summary>
    public GgufBuilder AddBlocks(string name, TensorType type, uint id, Random random, params int[] shape)
    {
        var bytes = new byte[type.ByteLength(shape.Aggregate(1, (a, b) => a * b))];
        Numerics.RandomBlocks.Fill(type.Blocks()!, bytes, random);
        return AddTensor(name, id, bytes, shape);
    }

    public byte[] Build()
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)tensors.Count);
        writer.Write((ulong)keys.Count);
        foreach (var key in keys)
        {
            key(writer);
        }

        var offset = 0UL;
        foreach (var (name, type, shape, bytes) in tensors)
        {
            Put(writer, name);
            writer.Write((uint)shape.Length);
            foreach (var size in shape.Reverse())
            {
                writer.Write((ulong)size);
            }

            writer.Write(type);
            writer.Write(offset);
            offset += (ulong)((bytes.Length + Alignment - 1) / Alignment * Alignment);
        }

        foreach (var (_, _, _, bytes) in tensors)
        {
            Pad(stream);
            writer.Write(bytes);
            writer.Flush();
        }

        Pad(stream);
        return stream.ToArray();
    }

    private static void Pad(MemoryStream stream)
    {
        while (stream.Position % Alignment != 0)
        {
            stream.WriteByte(0);
        }
    }

    private static (uint Type, Action<BinaryWriter> Write) Value(object value) => value switch
    {
        uint number => (4, writer => writer.Write(number)),
        int number => (5, writer => writer.Write(number)),
        float number => (6, writer => writer.Write(number)),
        bool flag => (7, writer => writer.Write(flag)),
        string text => (8, writer => Put(writer, text)),
        string[] list => (9, writer => PutList(writer, 8, list, item => Put(writer, item))),
        int[] list => (9, writer => PutList(writer, 5, list, writer.Write)),
        float[] list => (9, writer => PutList(writer, 6, list, writer.Write)),
        _ => throw new ArgumentException($"{value.GetType()} is not needed by any test", nameof(value)),
    };

    private static void PutList<T>(BinaryWriter writer, uint type, T[] list, Action<T> put)
    {
        writer.Write(type);
        writer.Write((ulong)list.Length);
        Array.ForEach(list, put);
    }

    private static void Put(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }
}
