namespace Mambascope.Checkpoints;

/// <summary>
/// A file of torch.save in the zip format of PyTorch 1.6 and later: <c>data.pkl</c> says what there is, <c>data/KEY</c> are the
/// storages. The pickle is interpreted, never executed.
/// </summary>
internal sealed class PyTorchFile : TensorSource
{
    // Pickles of real checkpoints, optimiser included, have a few hundred kilobytes. Interpreting one takes up to fifty times its size.
    private const long LargestPickle = 16 << 20;

    private readonly string file;
    private readonly PyTorchArchive archive;
    private readonly Dictionary<string, StridedTensor> layouts;
    private readonly Dictionary<string, TensorInfo> tensors;

    // Storages that several tensors share (tied weights): read once, kept until the file is closed.
    private readonly Dictionary<string, Lazy<byte[]>> shared;

    private PyTorchFile(string file, PyTorchArchive archive, Dictionary<string, StridedTensor> layouts)
    {
        this.file = file;
        this.archive = archive;
        this.layouts = layouts;
        tensors = layouts.ToDictionary(entry => entry.Key, entry => entry.Value.Info, StringComparer.Ordinal);
        shared = layouts.Values.GroupBy(layout => layout.StorageKey, StringComparer.Ordinal)
            .Where(group => group.Skip(1).Any())
            .ToDictionary(group => group.Key, group => new Lazy<byte[]>(() => ReadStorage(group.Key)), StringComparer.Ordinal);
    }

    public override IReadOnlyDictionary<string, TensorInfo> Tensors => tensors;

    public static PyTorchFile Open(string file) => Open(InputFile.Open(file), file);

    /// <summary>Opens from a stream, which is closed with the result, or at once when this fails.</summary>
    public static PyTorchFile Open(Stream stream, string file)
    {
        PyTorchArchive opened = PyTorchArchive.Open(stream, file);
        try
        {
            RefuseBigEndian(opened, file);
            if (opened.LengthOf("data.pkl") is > LargestPickle and var length)
            {
                throw new BadInputException($"{file} has a data.pkl of {length:N0} bytes, expected at most {LargestPickle:N0}.");
            }

            object? root = Unpickler.Load(opened.ReadAll("data.pkl"), file);
            var checkedTensors = new Dictionary<string, StridedTensor>(StringComparer.Ordinal);
            foreach ((string name, PickleTensor tensor) in StateDict.Find(root, file))
            {
                checkedTensors.Add(name, Check(name, tensor, opened, file));
            }

            return new PyTorchFile(file, opened, checkedTensors);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public override string FileOf(string name) => file;

    public override void Read(TensorInfo tensor, Span<byte> destination)
    {
        StridedTensor layout = layouts[tensor.Name];
        if (destination.IsEmpty)
        {
            return;
        }

        if (shared.TryGetValue(layout.StorageKey, out Lazy<byte[]>? storage))
        {
            layout.Gather(storage.Value, destination);
        }
        else if (layout.IsContiguous)
        {
            archive.Read(Entry(layout.StorageKey), layout.Offset * tensor.Type.ByteSize(), destination);
        }
        else
        {
            layout.Gather(ReadStorage(layout.StorageKey), destination);
        }
    }

    public override void Dispose() => archive.Dispose();

    private static string Entry(string storageKey) => "data/" + storageKey;

    private byte[] ReadStorage(string key)
    {
        string entry = Entry(key);
        return archive.LengthOf(entry) <= Array.MaxLength ? archive.ReadAll(entry) : throw new BadInputException($"{file} has a storage {entry} of {archive.LengthOf(entry):N0} bytes that is shared or strided, which is supported up to {Array.MaxLength:N0}.");
    }

    private static StridedTensor Check(string name, PickleTensor tensor, PyTorchArchive archive, string file)
    {
        StridedTensor layout = StridedTensor.Check(name, tensor, file);
        string entry = Entry(layout.StorageKey);
        long? length = archive.LengthOf(entry);
        if (length is null || length < layout.StorageByteLength)
        {
            throw new BadInputException($"tensor {Printable.Name(name)} in {file} needs a storage {Printable.Name(entry)} of {layout.StorageByteLength:N0} bytes, found {(length is null ? "none" : $"{length:N0}")}.");
        }

        return layout;
    }

    private static void RefuseBigEndian(PyTorchArchive archive, string file)
    {
        if (archive.LengthOf("byteorder") is 3 && archive.ReadAll("byteorder").AsSpan().SequenceEqual("big"u8))
        {
            throw new BadInputException($"{file} was saved on a big-endian machine, which is not supported.");
        }
    }
}
