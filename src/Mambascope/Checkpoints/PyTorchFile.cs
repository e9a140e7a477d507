namespace Mambascope.Checkpoints;

/// <summary>
/// A file of torch.save: a pickle says what there is, storages hold the values. The pickle is interpreted, never executed.
/// </summary>
internal sealed class PyTorchFile : TensorSource
{
    // Weights that are shared (a head with the embedding, a layer with another) repeat a few times; beyond this, views serve only to
    // make whoever reads them all busy for ever.
    private const int LargestRepetition = 8;
    private const long AlwaysAllowed = 32 << 20;

    private readonly string file;
    private readonly TorchStorages storages;
    private readonly Dictionary<TensorInfo, StridedTensor> layouts;
    private readonly IReadOnlyList<TensorSet> sets;

    // Storages that several tensors share (tied weights): read once, kept until the file is closed.
    private readonly Dictionary<string, Lazy<byte[]>> shared;

    private PyTorchFile(string file, TorchStorages storages, IReadOnlyList<TensorSet> sets, Dictionary<TensorInfo, StridedTensor> layouts)
    {
        this.file = file;
        this.storages = storages;
        this.sets = sets;
        this.layouts = layouts;
        shared = layouts.Values.GroupBy(layout => layout.StorageKey, StringComparer.Ordinal)
            .Where(group => group.Skip(1).Any())
            .ToDictionary(group => group.Key, group => new Lazy<byte[]>(() => ReadStorage(group.Key)), StringComparer.Ordinal);
    }

    public override IReadOnlyDictionary<string, TensorInfo> Tensors => sets[0].Tensors;

    public override IReadOnlyList<TensorSet> Sets => sets;

    public static PyTorchFile Open(string file) => Open(InputFile.Open(file), file);

    /// <summary>Opens from a stream, which is closed with the result, or at once when this fails.</summary>
    public static PyTorchFile Open(Stream stream, string file)
    {
        var opened = OpenStorages(stream, file, out var root);
        try
        {
            var checkedLayouts = new Dictionary<TensorInfo, StridedTensor>();
            List<TensorSet> checkedSets = [.. StateDict.Find(root, file).Select(set => Check(set, opened, file, checkedLayouts))];
            if (checkedSets[0].Fault is { } fault)
            {
                throw new BadInputException(fault.Message, fault);
            }

            RefuseRepetition(checkedLayouts.Values, opened, file);
            return new PyTorchFile(file, opened, checkedSets, checkedLayouts);
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
        var layout = layouts[tensor];
        if (destination.IsEmpty)
        {
            return;
        }

        if (shared.TryGetValue(layout.StorageKey, out var storage))
        {
            layout.Gather(storage.Value, destination);
        }
        else if (layout.IsContiguous)
        {
            storages.Read(layout.StorageKey, layout.Offset * tensor.Type.ByteSize(), destination);
        }
        else
        {
            layout.Gather(ReadStorage(layout.StorageKey), destination);
        }
    }

    public override void Dispose() => storages.Dispose();

    private static TorchStorages OpenStorages(Stream stream, string file, out object? root)
    {
        Span<byte> start = stackalloc byte[2];
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        stream.Position = 0;
        if (start.StartsWith("PK"u8))
        {
            return ZippedStorages.Open(stream, file, out root);
        }

        if (RowOfPickles.Matches(start))
        {
            return RowOfPickles.Open(stream, file, out root);
        }

        stream.Dispose();
        throw new BadInputException($"{file} is not a PyTorch file: expected what torch.save writes; it may be truncated or damaged");
    }

    private byte[] ReadStorage(string key)
    {
        return storages.LengthOf(key) <= Array.MaxLength
            ? storages.ReadAll(key)
            : throw new BadInputException($"{file} has a storage {storages.Describe(key)} of {storages.LengthOf(key):N0} bytes that is "
                + $"shared or strided, which is supported up to {Array.MaxLength:N0}");
    }

    private static TensorSet Check(PickleSet set, TorchStorages storages, string file, Dictionary<TensorInfo, StridedTensor> layouts)
    {
        var tensors = new Dictionary<string, TensorInfo>(StringComparer.Ordinal);
        try
        {
            foreach ((var name, var tensor) in set.Tensors)
            {
                var layout = Check(name, tensor, storages, file);
                tensors.Add(name, layout.Info);
                layouts.Add(layout.Info, layout);
            }

            return new(set.Name, tensors);
        }
        catch (BadInputException error)
        {
            return new(set.Name, tensors, error);
        }
    }

    private static StridedTensor Check(string name, PickleTensor tensor, TorchStorages storages, string file)
    {
        var layout = StridedTensor.Check(name, tensor, file);
        var length = storages.LengthOf(layout.StorageKey);
        if (length is null || length < layout.StorageByteLength)
        {
            throw new BadInputException($"tensor {Printable.Name(name)} in {file} needs a storage "
                + $"{Printable.Name(storages.Describe(layout.StorageKey))} of {layout.StorageByteLength:N0} bytes, found "
                + $"{(length is null ? "none" : $"{length:N0}")}");
        }

        return layout;
    }

    private static void RefuseRepetition(IEnumerable<StridedTensor> layouts, TorchStorages storages, string file)
    {
        Int128 stored = 0, wanted = 0;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var layout in layouts)
        {
            wanted += layout.Info.ByteLength;
            stored += seen.Add(layout.StorageKey) ? storages.LengthOf(layout.StorageKey) ?? 0 : 0;
        }

        if (wanted > LargestRepetition * stored + AlwaysAllowed)
        {
            throw new BadInputException($"{file} stores {stored:N0} bytes, of which its tensors make {wanted:N0} by repeating them: no "
                + "model does that");
        }
    }
}
