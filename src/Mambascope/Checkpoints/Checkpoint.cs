using System.Runtime.InteropServices;

namespace Mambascope.Checkpoints;

/// <summary>
/// The tensors of a model file: safetensors (one file, or shards with an index), what torch.save writes (.pth, .pt, .bin, .ckpt) or GGUF
/// (one file or several, under llama.cpp's names).
/// Opening reads only the table of contents; values are read when asked for. Read-only, and safe to read from several threads.
/// </summary>
/// <remarks>
/// Every failure of a file is a <see cref="BadInputException"/> of one line. A pickle inside a PyTorch file is interpreted by an
/// allow-list and never executed. safetensors and GGUF files are memory-mapped: whoever shortens one in place while it is open ends the
/// process, as with any mapped file; replacing it by a rename is harmless.
/// </remarks>
public sealed class Checkpoint : IDisposable
{
    private readonly TensorSource source;
    private readonly TensorView view;

    internal Checkpoint(string path, TensorSource source)
        : this(path, source, TensorView.Whole(source.Sets[0])) { }

    private Checkpoint(string path, TensorSource source, TensorView view)
    {
        Path = path;
        this.source = source;
        this.view = view;
    }

    /// <summary>The file that was opened: for a folder, the one chosen in it.</summary>
    public string Path { get; }

    /// <summary>Every tensor by name, without what wrappers put before all names (<c>module.</c>, <c>_orig_mod.</c>).</summary>
    public IReadOnlyDictionary<string, TensorInfo> Tensors => view.Tensors;

    /// <summary>
    /// Which of the file's sets of weights this is, such as <c>model_ema</c>; "top" for one that lies in no dict and behind no prefix.
    /// </summary>
    public string Weights => view.Name;

    /// <summary>The free text entries of a safetensors header or of a GGUF file; empty for other files.</summary>
    public IReadOnlyDictionary<string, string> Metadata => source.Metadata;

    /// <summary>Bits that the file spends on a value, on average over all tensors; 0 where it holds none.</summary>
    internal double BitsPerWeight
        => Tensors.Values.Sum(tensor => (double)tensor.Count) is > 0 and var count
            ? Tensors.Values.Sum(tensor => (double)tensor.ByteLength) * 8 / count
            : 0;

    /// <summary>What a GGUF file says about its model; null for other files.</summary>
    internal GgufMetadata? Gguf => source.Gguf;

    /// <summary>Where tensors come from.</summary>
    internal TensorSource Source => source;

    /// <summary>
    /// Opens a file, or the weights of a folder: model.safetensors, model.safetensors.index.json or the only *.safetensors;
    /// else pytorch_model.bin or its index; else the only *.pth, *.pt, *.ckpt or *.gguf.
    /// </summary>
    /// <exception cref="BadInputException">Nothing there, several candidates, or the file is damaged or of another kind.</exception>
    public static Checkpoint Open(string path)
    {
        var file = CheckpointPath.Resolve(path);
        var opened = CheckpointPath.OpenSource(file);
        try
        {
            var whole = TensorView.Whole(opened.Sets[0]);
            ForeignWeights.Refuse(whole.Tensors.Keys, file);
            return new Checkpoint(file, opened, whole);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The weights that someone knows how to use, wherever the file keeps them: in a dict of its own beside others, or behind a prefix that
    /// all names or a part of them share. What is returned reads from this checkpoint, which stays open.
    /// </summary>
    /// <param name="isKnown">Whether tensors of these names make a model.</param>
    /// <param name="name">The set that is wanted; null for the first.</param>
    /// <exception cref="BadInputException">None of that name; or the named set is damaged.</exception>
    public WeightChoice Choose(Func<Checkpoint, bool> isKnown, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(isKnown);
        Checkpoint? chosen = null;
        var names = new List<string>();
        var known = new List<TensorView>();
        foreach (var candidate in source.Sets.SelectMany(TensorView.Of).Where(part => !known.Exists(part.IsPartOf)))
        {
            var found = new Checkpoint(Path, source, candidate);
            if (!names.Contains(candidate.Name, StringComparer.Ordinal) && isKnown(found))
            {
                names.Add(candidate.Name);
                known.Add(candidate);
                chosen = chosen is null && (name is null || name == candidate.Name) ? found : chosen;
            }
        }

        if (chosen is null && name is not null)
        {
            var there = names.Count == 0
                ? "there is none that makes a model"
                : $"there {(names.Count == 1 ? "is" : "are")} {string.Join(", ", names.Select(Printable.Name))}";
            throw new BadInputException($"{Path} holds no weights called {Printable.Name(name)}: {there}");
        }

        chosen?.view.RequireSound();
        return new(chosen ?? this, [.. names.Where(other => other != chosen?.Weights)]);
    }

    /// <summary>Name, type and shape of a tensor that must be there.</summary>
    /// <exception cref="BadInputException">The tensor is missing; the message names the closest ones.</exception>
    public TensorInfo Find(string name)
    {
        return Tensors.TryGetValue(name, out var tensor) ? tensor : throw ClosestNames.Missing(name, Path, Tensors.Keys);
    }

    /// <summary>Values of a F32, F16, BF16, F64 or quantised tensor as singles; F64 is rounded, the others are exact.</summary>
    /// <exception cref="BadInputException">The tensor is missing, of an integer type, or damaged.</exception>
    public float[] ReadSingles(string name) => ReadSingles(Find(name));

    /// <summary>Values of a floating-point tensor whose shape must be the given one.</summary>
    /// <exception cref="BadInputException">As without a shape, or the shape differs.</exception>
    public float[] ReadSingles(string name, params ReadOnlySpan<int> expectedShape) => ReadSingles(Find(name, expectedShape));

    /// <summary>Encodings of a F16 or BF16 tensor whose shape must be the given one.</summary>
    internal ushort[] ReadHalves(string name, params ReadOnlySpan<int> expectedShape)
    {
        var tensor = Find(name, expectedShape);
        if (tensor.Type is not (TensorType.F16 or TensorType.BF16))
        {
            throw WrongType(tensor, "a 16-bit floating-point type (F16, BF16)");
        }

        var values = Allocate<ushort>(tensor);
        Fill(tensor, values);
        return values;
    }

    /// <summary>Values of a F64, F32, F16, BF16 or quantised tensor as doubles, exactly.</summary>
    /// <exception cref="BadInputException">The tensor is missing, of an integer type, or damaged.</exception>
    public double[] ReadDoubles(string name)
    {
        var tensor = Find(name);
        if (tensor.Type != TensorType.F64)
        {
            return Array.ConvertAll(ReadSingles(tensor), static value => (double)value);
        }

        var values = Allocate<double>(tensor);
        Fill(tensor, values);
        return values;
    }

    /// <summary>Values of an I64, I32, U8 or BOOL tensor.</summary>
    /// <exception cref="BadInputException">The tensor is missing, of a floating-point type, or damaged.</exception>
    public long[] ReadInt64s(string name)
    {
        var tensor = Find(name);
        switch (tensor.Type)
        {
            case TensorType.I64:
                var values = Allocate<long>(tensor);
                Fill(tensor, values);
                return values;
            case TensorType.I32:
                var narrow = Allocate<int>(tensor);
                Fill(tensor, narrow);
                return Array.ConvertAll(narrow, static value => (long)value);
            case TensorType.U8:
                return Array.ConvertAll(ReadBytes(name), static value => (long)value);
            case TensorType.BOOL:
                return Array.ConvertAll(ReadBytes(name), static value => value != 0 ? 1L : 0L);
            default:
                throw WrongType(tensor, "an integer type (I64, I32, U8, BOOL)");
        }
    }

    /// <summary>
    /// A tensor's bytes as stored, row-major and little-endian: for U8 and BOOL its values, for other types their encodings.
    /// </summary>
    /// <exception cref="BadInputException">The tensor is missing, of a type that is not read, or damaged.</exception>
    public byte[] ReadBytes(string name) => ReadBytes(Find(name));

    /// <summary>The same of a tensor whose shape must be the given one.</summary>
    internal byte[] ReadBytes(string name, params ReadOnlySpan<int> expectedShape) => ReadBytes(Find(name, expectedShape));

    private byte[] ReadBytes(TensorInfo tensor)
    {
        if (tensor.Type == TensorType.Other)
        {
            throw WrongType(tensor, $"one of {TensorTypes.All}");
        }

        var bytes = Allocate<byte>(tensor, tensor.ByteLength);
        Fill(tensor, bytes);
        return bytes;
    }

    /// <summary>Closes the files; not those of a checkpoint that this one was chosen from.</summary>
    public void Dispose() => source.Dispose();

    private TensorInfo Find(string name, ReadOnlySpan<int> expectedShape)
    {
        var tensor = Find(name);
        return tensor.Shape.AsSpan().SequenceEqual(expectedShape)
            ? tensor
            : throw new BadInputException($"tensor {Printable.Name(name)} in {FileOf(name)} has shape "
                + $"{TensorInfo.ShapeText(tensor.Shape.AsSpan())}, expected {TensorInfo.ShapeText(expectedShape)}");
    }

    private float[] ReadSingles(TensorInfo tensor)
    {
        switch (tensor.Type)
        {
            case TensorType.F32:
                var values = Allocate<float>(tensor);
                Fill(tensor, values);
                return values;
            case TensorType.F16 or TensorType.BF16:
                // The halves are read into the upper half of the result and widened forward from there: no second buffer.
                values = Allocate<float>(tensor);
                Fill(tensor, MemoryMarshal.Cast<float, ushort>(values.AsSpan())[values.Length..]);
                Widening.InPlace(values, tensor.Type);
                return values;
            case TensorType.F64:
                var wide = Allocate<double>(tensor);
                Fill(tensor, wide);
                return Array.ConvertAll(wide, static value => (float)value);
            case var type when type.Blocks() is { } blocks:
                values = Allocate<float>(tensor);
                blocks.Widen(ReadBytes(tensor.Name), values);
                return values;
            default:
                throw WrongType(tensor, "a floating-point or quantised type (F32, F16, BF16, F64, Q8_0 ...)");
        }
    }

    private T[] Allocate<T>(TensorInfo tensor, long? count = null)
    {
        var length = count ?? tensor.Count;
        if (length > Array.MaxLength)
        {
            throw new BadInputException($"tensor {Printable.Name(tensor.Name)} in {FileOf(tensor.Name)} has {tensor.Count:N0} values, "
                + "more than fit in one array");
        }

        return GC.AllocateUninitializedArray<T>((int)length);
    }

    private void Fill<T>(TensorInfo tensor, Span<T> values) where T : struct
        => source.Read(view.Stored(tensor.Name), MemoryMarshal.AsBytes(values));

    private string FileOf(string name) => source.FileOf(view.Stored(name).Name);

    private BadInputException WrongType(TensorInfo tensor, string expected)
    {
        return new BadInputException($"tensor {Printable.Name(tensor.Name)} in {FileOf(tensor.Name)} is "
            + $"{Printable.Name(tensor.TypeName)}, expected {expected}");
    }
}
