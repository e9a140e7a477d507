using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Checkpoints;

/// <summary>Damaged and hostile PyTorch files: one line, nothing executed, memory and time bounded.</summary>
public sealed class PyTorchDefectTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("cos\nsystem\n(S'touch CANARY'\ntR.")]
    [InlineData("cposix\nsystem\n(Vtouch CANARY\ntR.")]
    [InlineData("c__builtin__\neval\n(S'__import__(\"os\").system(\"touch CANARY\")'\ntR.")]
    [InlineData("(S'touch CANARY'\nios\nsystem\n.")]
    [InlineData("(cos\nsystem\nS'touch CANARY'\no.")]
    [InlineData("\u0080\u0002csubprocess\nPopen\n(](S'touch'\nS'CANARY'\netR\u0081.")]
    public void A_pickle_that_runs_a_command_runs_nothing(string pickle)
    {
        var canary = folder.File("canary");
        var file = folder.Write(
            "a.pth", PyTorchZip.Build(Encoding.Latin1.GetBytes(pickle.Replace("CANARY", canary, StringComparison.Ordinal))));

        TemporaryFolder.OpenFails(file);

        Assert.False(File.Exists(canary));
    }

    [Fact]
    public void A_command_beside_the_weights_is_an_opaque_value()
    {
        var canary = folder.File("canary");
        var pickle = new PickleBuilder()
            .Code("}(")
            .Text("args")
            .Global("os", "system")
            .Code("(")
            .Text("touch " + canary)
            .Code("tR")
            .Entry("w", "FloatStorage", "0", 1)
            .Code("u")
            .Stop();

        using var checkpoint = Checkpoint.Open(folder.Write("a.pth", PyTorchZip.Build(pickle, ("0", new float[] { 4 }))));

        Assert.Equal([4], checkpoint.ReadSingles("w", 1));
        Assert.Equal("w", TemporaryFolder.Names(checkpoint));
        Assert.False(File.Exists(canary));
    }

    [Fact]
    public void A_whole_pickled_model_is_refused_with_its_class()
    {
        var pickle = new PickleBuilder().Global("models_mamba", "VisionMamba").Code(")").Raw(0x81).Code("}b").Stop();

        Assert.Contains(
            "holds models_mamba.VisionMamba, expected a dict of tensors: save the model's state_dict()",
            Fails(PyTorchZip.Build(pickle)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_tensors_says_what_it_holds()
    {
        var pickle = new PickleBuilder().Code("}(").Text("epoch").Number(1).Text("lr").Number(2).Code("u").Stop();

        Assert.Contains(
            "holds no state dict: expected tensors by name, at the top or in a dict such as model or state_dict; found epoch, lr",
            Fails(PyTorchZip.Build(pickle)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        6, 0, new long[] { 7 }, new long[] { 1 }, "has shape (7), strides (1) and offset 0, which reach beyond its storage of 6 values")]
    [InlineData(6, 5, new long[] { 2 }, new long[] { 1 }, "beyond its storage of 6")]
    [InlineData(6, 0, new long[] { 2, 3 }, new long[] { 4, 1 }, "beyond its storage of 6")]
    [InlineData(6, long.MaxValue, new long[] { 2 }, new long[] { long.MaxValue }, "beyond its storage of 6")]
    [InlineData(6, 7, new long[] { 0 }, new long[] { 1 }, "beyond its storage of 6")]
    [InlineData(6, -1, new long[] { 2 }, new long[] { 1 }, "out of range")]
    [InlineData(6, 0, new long[] { -2 }, new long[] { 1 }, "out of range")]
    [InlineData(6, 0, new long[] { 2 }, new long[] { -1 }, "out of range")]
    [InlineData(6, 0, new long[] { 2, 2 }, new long[] { 1 }, "out of range")]
    [InlineData(6, 0, new long[] { 1L << 40 }, new long[] { 0 }, "out of range")]
    [InlineData(6, 0, new long[] { int.MaxValue, int.MaxValue, int.MaxValue }, new long[] { 0, 0, 0 }, "out of range")]
    [InlineData(6, 0, new long[] { 1_000_000, 1000 }, new long[] { 0, 0 }, "expands 6 stored values to 1000000000")]
    [InlineData(-6, 0, new long[] { 2 }, new long[] { 1 }, "out of range")]
    [InlineData(long.MaxValue, 0, new long[] { 2 }, new long[] { 1 }, "out of range")]
    [InlineData(1L << 40, 0, new long[] { 2 }, new long[] { 1 }, "needs a storage data/0 of 4,398,046,511,104 bytes, found 24")]
    [InlineData(7, 0, new long[] { 2 }, new long[] { 1 }, "needs a storage data/0 of 28 bytes, found 24")]
    public void A_tensor_outside_its_storage_is_refused(long storageCount, long offset, long[] sizes, long[] strides, string message)
    {
        var pickle = new PickleBuilder()
            .Code("}(")
            .Text("layer.w")
            .Tensor("FloatStorage", "0", storageCount, offset, sizes, strides)
            .Code("u")
            .Stop();

        var found = Fails(PyTorchZip.Build(pickle, ("0", new float[6])));

        Assert.StartsWith($"tensor layer.w in {folder.File("a.pth")} ", found, StringComparison.Ordinal);
        Assert.Contains(message, found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_storage_and_an_unknown_type_are_named()
    {
        var missing = new PickleBuilder().Code("}(").Entry("w", "FloatStorage", "5", 2).Code("u").Stop();
        Assert.Contains("tensor w in", Fails(PyTorchZip.Build(missing)), StringComparison.Ordinal);
        Assert.Contains("needs a storage data/5 of 8 bytes, found none", Fails(PyTorchZip.Build(missing)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ComplexFloatStorage", "complex64", 8)]
    [InlineData("CharStorage", "int8", 1)]
    [InlineData("ShortStorage", "int16", 2)]
    [InlineData("SomethingElse", "torch.SomethingElse", 4)]
    public void A_tensor_of_a_type_that_is_not_read_refuses_itself_and_not_the_file(string storage, string type, int size)
    {
        var pickle = new PickleBuilder().Code("}(").Entry("w", "FloatStorage", "0", 1).Entry("other", storage, "1", 2).Code("u").Stop();

        using var checkpoint = Checkpoint.Open(
            folder.Write("a.pth", PyTorchZip.Build(pickle, ("0", new float[] { 3 }), ("1", new byte[2 * size]))));

        Assert.Equal([3], checkpoint.ReadSingles("w", 1));
        Assert.Equal((TensorType.Other, type), (checkpoint.Find("other").Type, checkpoint.Find("other").TypeName));
        Assert.Equal(
            $"tensor other in {checkpoint.Path} is {type}, expected a floating-point or quantised type (F32, F16, BF16, F64, Q8_0 ...)",
            TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => checkpoint.ReadSingles("other"))));
        Assert.Throws<BadInputException>(() => checkpoint.ReadInt64s("other"));
        Assert.Throws<BadInputException>(() => checkpoint.ReadBytes("other"));
    }

    [Fact]
    public void Weights_whose_bits_flipped_are_refused_when_they_are_read()
    {
        var pickle = new PickleBuilder()
            .Code("}(")
            .Entry("damaged", "FloatStorage", "0", 40)
            .Entry("sound", "FloatStorage", "1", 2)
            .Text("tail")
            .Tensor("FloatStorage", "0", 40, 39, [1], [1])
            .Code("u")
            .Stop();
        var file = PyTorchZip.Build(pickle, ("0", Enumerable.Repeat(0.5f, 40).ToArray()), ("1", new float[] { 1, 2 }));
        var start = file.AsSpan().IndexOf(new byte[] { 0, 0, 0, 0x3F, 0, 0, 0, 0x3F });
        file[start + 9] ^= 4;

        using var checkpoint = Checkpoint.Open(folder.Write("a.pth", file));

        Assert.Equal([1, 2], checkpoint.ReadSingles("sound"));
        Assert.Contains(
            "is damaged at its entry data/0: its contents have the checksum",
            TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => checkpoint.ReadSingles("damaged"))),
            StringComparison.Ordinal);
        Assert.Throws<BadInputException>(() => checkpoint.ReadSingles("tail"));
    }

    [Fact]
    public void A_pickle_whose_bits_flipped_is_refused_at_once()
    {
        var pickle = new PickleBuilder().Code("}(").Entry("layer", "FloatStorage", "0", 1).Code("u").Stop();
        var file = PyTorchZip.Build(pickle, ("0", new float[1]));
        file[file.AsSpan().IndexOf("layer"u8)] ^= 1;

        Assert.Contains("is damaged at its entry data.pkl", Fails(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Many_views_that_repeat_a_few_values_are_refused()
    {
        var pickle = new PickleBuilder().Code("}(");
        for (var i = 0; i < 2000; i++)
        {
            pickle.Text($"w{i}").Tensor("FloatStorage", "0", 6, 0, [1 << 20], [0]);
        }

        Assert.Contains(
            "by repeating them: no model does that",
            Fails(PyTorchZip.Build(pickle.Code("u").Stop(), ("0", new float[6]))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_zip_bomb_is_refused_unread()
    {
        var pickle = new PickleBuilder().Code("}(").Entry("w", "ByteStorage", "0", 200_000_000).Code("u").Stop();
        var bomb = PyTorchZip.Build(pickle, CompressionLevel.Optimal, "archive/", ("0", new byte[200_000_000]));
        Assert.InRange(bomb.Length, 0, 1_000_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = Fails(bomb);

        Assert.Contains("a zip bomb, or no PyTorch file; nothing was unpacked", message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void A_zip_that_understates_a_size_fails_in_one_line()
    {
        // The central directory says 100 bytes for an entry that inflates to 100,000; the pickle wants all of them.
        var pickle = new PickleBuilder().Code("}(").Entry("w", "ByteStorage", "0", 100_000).Code("u").Stop();
        var bytes = PyTorchZip.Build(pickle, CompressionLevel.Optimal, "a/", ("0", new byte[100_000]));
        Span<byte> size = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(size, 100_000);
        var place = bytes.AsSpan().LastIndexOf(size);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(place), 100);

        Assert.Contains("needs a storage data/0 of 100,000 bytes, found 100", Fails(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Old_formats_and_other_archives_are_told_apart()
    {
        byte[] pickled = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x18, (byte)'.'];
        Assert.Contains("is a pickle, but not as torch.save wrote it before PyTorch 1.6", Fails(pickled), StringComparison.Ordinal);

        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            PyTorchZip.Add(zip, CompressionLevel.NoCompression, "word/document.xml", "x"u8);
        }

        Assert.Contains("is a zip archive with 0 entries data.pkl", Fails(bytes.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_at_any_length_is_refused()
    {
        var whole = PyTorchZip.Build(
            new PickleBuilder().Code("}(").Entry("w", "FloatStorage", "0", 2).Code("u").Stop(), ("0", new float[2]));
        for (var length = 0; length < whole.Length; length++)
        {
            Fails(whole[..length]);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("}")]
    [InlineData("t.")]
    [InlineData("0.")]
    [InlineData("(0.")]
    [InlineData("h\u0001.")]
    [InlineData("gx\n.")]
    [InlineData("}px\n.")]
    [InlineData("\u00FF.")]
    [InlineData("\u0080\u0009}.")]
    [InlineData("X\u00FF\u00FF\u00FF\u00FFa.")]
    [InlineData("\u008D\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FFa.")]
    [InlineData("T\u00FF\u00FF\u00FF\u00FFa.")]
    [InlineData("cos\nsystem")]
    [InlineData("NN\u0093.")]
    [InlineData("}(s.")]
    [InlineData("\u008B\u00FF\u00FF\u00FF\u00FFa.")]
    public void A_damaged_pickle_is_refused(string pickle)
    {
        Assert.Contains("damaged pickle at byte", Fails(PyTorchZip.Build(Encoding.Latin1.GetBytes(pickle))), StringComparison.Ordinal);
    }

    [Fact]
    public void Pickles_made_to_exhaust_memory_stack_or_time_end_soon()
    {
        const int Many = 1_000_000;
        string longName = new('n', Many);

        // A million marks; tuples nested a million deep; a million empty dicts in the memo.
        Bounded(new PickleBuilder().Code(new string('(', Many)).Stop());
        Bounded(new PickleBuilder().Code("N" + string.Concat(Enumerable.Repeat("\u0085", Many))).Stop());
        Bounded(new PickleBuilder().Code(string.Concat(Enumerable.Repeat("}\u0094", Many))).Stop());

        // A dict that is its own "model".
        Bounded(new PickleBuilder().Code("}q\u0000(").Text("model").Code("h\u0000").Text("state_dict").Code("h\u0000u").Stop());

        // One long name shared by many dict keys, calls, storages and sizes: each use must cost a constant.
        Bounded(new PickleBuilder().Text(longName).Code("q\u00000}(" + string.Concat(Enumerable.Repeat("h\u0000N", 200_000)) + "u").Stop());
        Bounded(
            new PickleBuilder()
                .Global(longName, longName)
                .Code("q\u00000" + string.Concat(Enumerable.Repeat("h\u0000)R0", 200_000)) + "h\u0000)R")
                .Stop());
        Bounded(
            new PickleBuilder()
                .Text("storage")
                .Code("q\u00010")
                .Global("torch", "FloatStorage")
                .Code("q\u00020")
                .Text(longName)
                .Code("q\u00000(" + string.Concat(Enumerable.Repeat("(h\u0001h\u0002h\u0000NK\u0001tQ0", 100_000)) + "t")
                .Stop());
        Bounded(
            new PickleBuilder()
                .Code("(" + string.Concat(Enumerable.Repeat("K\u0001", Many)) + "tq\u00000")
                .Storage("FloatStorage", "0", 1)
                .Code("q\u00010")
                .Global("torch._utils", "_rebuild_tensor_v2")
                .Code("q\u00020" + string.Concat(Enumerable.Repeat("h\u0002(h\u0001K\u0000h\u0000h\u0000N}tR0", 100_000)) + "N")
                .Stop());
    }

    private void Bounded(byte[] pickle)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Fails(PyTorchZip.Build(pickle));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200L * pickle.Length + (16 << 20));
    }

    private string Fails(byte[] bytes) => TemporaryFolder.OpenFails(folder.Write("a.pth", bytes));
}
