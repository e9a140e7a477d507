using System.IO.Compression;
using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Checkpoints;

/// <summary>What torch.save writes: storages, strides, shared weights, nested state dicts, several protocols.</summary>
public sealed class PyTorchLayoutTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_storage_type_is_read()
    {
        var pickle = new PickleBuilder()
            .Code("}(")
            .Entry("f64", "DoubleStorage", "0", 2)
            .Entry("f32", "FloatStorage", "1", 2)
            .Entry("f16", "HalfStorage", "2", 2)
            .Entry("bf16", "BFloat16Storage", "3", 2)
            .Entry("i64", "LongStorage", "4", 2)
            .Entry("i32", "IntStorage", "5", 2)
            .Entry("u8", "ByteStorage", "6", 2)
            .Entry("bool", "BoolStorage", "7", 2)
            .Entry("scalar", "FloatStorage", "8")
            .Entry("empty", "FloatStorage", "9", 0, 3)
            .Code("u")
            .Stop();
        using var checkpoint = Open(
            PyTorchZip.Build(
                pickle, ("0", new double[] { 1.5, -2 }), ("1", new float[] { 1.5f, -2 }),
                ("2", new ushort[] { 0x3E00, 0xC000 }), ("3", new ushort[] { 0x3FC0, 0xC000 }),
                ("4", new long[] { 1L << 40, -2 }), ("5", new int[] { 5, -2 }), ("6", new byte[] { 5, 254 }),
                ("7", new byte[] { 1, 0 }), ("8", new float[] { 9 }), ("9", Array.Empty<float>())));

        foreach (var name in (string[])["f64", "f32", "f16", "bf16"])
        {
            Assert.Equal([1.5f, -2], checkpoint.ReadSingles(name, 2));
            Assert.Equal([1.5, -2], checkpoint.ReadDoubles(name));
        }

        Assert.Equal(
            "BF16, BOOL, F16, F32, F32, F32, F64, I32, I64, U8",
            string.Join(", ", checkpoint.Tensors.Values.Select(tensor => tensor.Type.ToString()).Order(StringComparer.Ordinal)));
        Assert.Equal([1L << 40, -2], checkpoint.ReadInt64s("i64"));
        Assert.Equal([5, -2], checkpoint.ReadInt64s("i32"));
        Assert.Equal([5, 254], checkpoint.ReadBytes("u8"));
        Assert.Equal([1, 0], checkpoint.ReadInt64s("bool"));
        Assert.Equal([9], checkpoint.ReadSingles("scalar", []));
        Assert.Empty(checkpoint.ReadSingles("empty", 0, 3));
    }

    [Fact]
    public void Strides_and_offsets_are_honoured()
    {
        float[] storage = [.. Enumerable.Range(0, 24).Select(i => (float)i)];
        var pickle = new PickleBuilder().Code("}(")
            .Text("whole").Tensor("FloatStorage", "0", 24, 0, [2, 3, 4], [12, 4, 1])
            .Text("part").Tensor("FloatStorage", "0", 24, 12, [3, 4], [4, 1])
            .Text("transposed").Tensor("FloatStorage", "0", 24, 0, [4, 2, 3], [1, 12, 4])
            .Text("column").Tensor("FloatStorage", "0", 24, 3, [6], [4])
            .Text("expanded").Tensor("FloatStorage", "0", 24, 5, [2, 3], [0, 1])
            .Text("one row").Tensor("FloatStorage", "0", 24, 20, [1, 4], [77, 1])
            .Text("alone").Tensor("FloatStorage", "1", 6, 0, [2, 3], [1, 2])
            .Text("behind").Tensor("FloatStorage", "2", 6, 4, [2], [1])
            .Code("u").Stop();
        foreach (var level in (CompressionLevel[])[CompressionLevel.NoCompression, CompressionLevel.Optimal])
        {
            using var checkpoint = Open(
                PyTorchZip.Build(
                    pickle, level, "vim_t/", ("0", storage), ("1", new float[] { 0, 1, 2, 3, 4, 5 }),
                    ("2", new float[] { 0, 1, 2, 3, 4, 5 })));

            Assert.Equal(storage, checkpoint.ReadSingles("whole", 2, 3, 4));
            Assert.Equal(storage[12..], checkpoint.ReadSingles("part", 3, 4));
            // Element (i, j, k) of the transposed view is i + 12 j + 4 k.
            Assert.Equal(
                from i in Enumerable.Range(0, 4)
                from j in Enumerable.Range(0, 2)
                from k in Enumerable.Range(0, 3)
                select 0f + i + 12 * j + 4 * k,
                checkpoint.ReadSingles("transposed", 4, 2, 3));
            Assert.Equal([3, 7, 11, 15, 19, 23], checkpoint.ReadSingles("column", 6));
            Assert.Equal([5, 6, 7, 5, 6, 7], checkpoint.ReadSingles("expanded", 2, 3));
            Assert.Equal([20, 21, 22, 23], checkpoint.ReadSingles("one row", 1, 4));
            Assert.Equal([0, 2, 4, 1, 3, 5], checkpoint.ReadSingles("alone", 2, 3));
            Assert.Equal([4, 5], checkpoint.ReadSingles("behind", 2));
        }
    }

    [Theory]
    [InlineData("model")]
    [InlineData("state_dict")]
    [InlineData("model_state_dict")]
    [InlineData("module")]
    public void A_nested_state_dict_is_found_beside_other_things(string key)
    {
        var pickle = new PickleBuilder().Code("}(")
            .Text("epoch").Number(3)
            .Text("optimizer").Code("}(").Number(0).Tensor("ShortStorage", "absent", 7, 0, [7], [1]).Text("lr").Number(1).Code("u")
            .Text("args").Global("argparse", "Namespace").Code(")").Raw(0x81).Code("}(").Text("lr").Number(1).Code("ub")
            .Text(key).Global("collections", "OrderedDict").Code(")R(")
            .Entry("module.a.weight", "FloatStorage", "0", 1).Entry("module.b.weight", "FloatStorage", "1", 1).Code("u")
            // The attribute that modules leave on their state dict.
            .Code("}(").Text("_metadata").Global("collections", "OrderedDict").Code(")Rub")
            .Code("u").Stop();

        using var checkpoint = Open(PyTorchZip.Build(pickle, ("0", new float[] { 1 }), ("1", new float[] { 2 })));

        Assert.Equal("a.weight, b.weight", TemporaryFolder.Names(checkpoint));
        Assert.Equal([2], checkpoint.ReadSingles("b.weight", 1));
    }

    [Fact]
    public void A_prefix_is_kept_where_not_all_names_have_it()
    {
        var pickle = new PickleBuilder()
            .Code("}(")
            .Entry("module.a", "FloatStorage", "0", 1)
            .Entry("b", "FloatStorage", "1", 1)
            .Code("u")
            .Stop();
        using var checkpoint = Open(PyTorchZip.Build(pickle, ("0", new float[] { 1 }), ("1", new float[] { 2 })));
        Assert.Equal("b, module.a", TemporaryFolder.Names(checkpoint));
    }

    [Fact]
    public void Parameters_typed_views_and_memoised_values_are_read()
    {
        var pickle = new PickleBuilder().Code("}(")
            // torch._utils._rebuild_parameter(tensor, True, OrderedDict()), the tensor put into the memo at 7.
            .Text("parameter")
            .Global("torch._utils", "_rebuild_parameter")
            .Code("(")
            .Tensor("FloatStorage", "0", 2, 0, [2], [1])
            .Code("q\u0007")
            .Raw(0x88)
            .Global("collections", "OrderedDict")
            .Code(")RtR")
            .Text("tied")
            .Code("h\u0007")
            // torch._tensor._rebuild_from_type_v2(_rebuild_tensor_v2, Tensor, arguments, {}): a tensor with attributes.
            .Text("typed")
            .Global("torch._tensor", "_rebuild_from_type_v2")
            .Code("(")
            .Global("torch._utils", "_rebuild_tensor_v2")
            .Global("torch", "Tensor")
            .Code("(")
            .Storage("FloatStorage", "0", 2)
            .Number(1)
            .Tuple(1)
            .Tuple(1)
            .Raw(0x89)
            .Code("}t")
            .Code("}tR")
            // torch._utils._rebuild_tensor_v3 on an untyped storage, counted in bytes.
            .Text("untyped")
            .Global("torch._utils", "_rebuild_tensor_v3")
            .Code("(")
            .Storage("torch.storage", "UntypedStorage", "0", 8)
            .Number(1)
            .Tuple(1)
            .Tuple(1)
            .Raw(0x89)
            .Code("}")
            .Global("torch", "float32")
            .Code("NtR")
            .Code("u")
            .Stop();
        using var checkpoint = Open(PyTorchZip.Build(pickle, ("0", new float[] { 5, 6 })));

        Assert.Equal([5, 6], checkpoint.ReadSingles("parameter", 2));
        Assert.Equal([5, 6], checkpoint.ReadSingles("tied", 2));
        Assert.Equal([6], checkpoint.ReadSingles("typed", 1));
        Assert.Equal([6], checkpoint.ReadSingles("untyped", 1));
    }

    [Fact]
    public void Protocols_0_to_5_are_understood()
    {
        // The same dict {"w": tensor, "n": [1, 2.5, b"x", {3}]} in instructions of old and new protocols.
        byte[] old =
        [
            .. "(dVw\n"u8,
            .. "ctorch._utils\n_rebuild_tensor_v2\n((Vstorage\nctorch\nFloatStorage\nS'0'\nVcpu\nL1L\ntQI0\n"u8,
            .. "(I1\nt(I1\ntI00\n(dtRp1\nsg1\n0Vn\n(lI1\naF2.5\naI01\nas."u8,
        ];
        byte[] recent =
        [
            0x80,
            5,
            0x95,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            (byte)'}',
            0x94,
            (byte)'(',
            0x8C,
            1,
            (byte)'w',
            0x94,
            0x8C,
            12,
            .. "torch._utils"u8,
            0x8C,
            18,
            .. "_rebuild_tensor_v2"u8,
            0x93,
            (byte)'(',
            (byte)'(',
            0x8D,
            7,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            .. "storage"u8,
            0x8C,
            5,
            .. "torch"u8,
            0x8C,
            12,
            .. "FloatStorage"u8,
            0x93,
            0x8C,
            1,
            (byte)'0',
            0x8C,
            3,
            .. "cpu"u8,
            (byte)'K',
            1,
            (byte)'t',
            (byte)'Q',
            (byte)'K',
            0,
            (byte)'K',
            1,
            0x85,
            (byte)'M',
            1,
            0,
            0x85,
            0x89,
            (byte)'}',
            (byte)'t',
            (byte)'R',
            0x8C,
            1,
            (byte)'n',
            (byte)']',
            (byte)'(',
            (byte)'K',
            1,
            (byte)'G',
            0x40,
            4,
            0,
            0,
            0,
            0,
            0,
            0,
            (byte)'C',
            1,
            (byte)'x',
            0x8F,
            (byte)'(',
            (byte)'K',
            3,
            0x90,
            (byte)'e',
            (byte)'u',
            (byte)'.',
        ];
        foreach (var pickle in (byte[][])[old, recent])
        {
            using var checkpoint = Open(PyTorchZip.Build(pickle, ("0", new float[] { 7 })));
            Assert.Equal([7], checkpoint.ReadSingles("w", 1));
        }
    }

    [Fact]
    public void A_shared_storage_is_read_once()
    {
        var pickle = new PickleBuilder()
            .Code("}(")
            .Entry("embedding", "FloatStorage", "0", 100_000)
            .Entry("lm_head", "FloatStorage", "0", 100_000)
            .Code("u")
            .Stop();
        var stream = new CountingStream(PyTorchZip.Build(pickle, ("0", new float[100_000])));
        using var file = PyTorchFile.Open(stream, "tied.pth");
        var values = new byte[400_000];

        var opening = stream.BytesRead;
        file.Read(file.Tensors["embedding"], values);
        var first = stream.BytesRead;
        file.Read(file.Tensors["lm_head"], values);

        Assert.InRange(opening, 1, 20_000);
        Assert.InRange(first - opening, 400_000, 410_000);
        Assert.Equal(first, stream.BytesRead);
    }

    private Checkpoint Open(byte[] bytes) => Checkpoint.Open(folder.Write("a.pth", bytes));

    private sealed class CountingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public long BytesRead { get; private set; }

        // MemoryStream reads spans through this one, too, in derived classes.
        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = base.Read(buffer, offset, count);
            BytesRead += read;
            return read;
        }
    }
}
