namespace Mambascope.Checkpoints;

// What the unpickler makes. Besides these: null (None), bool, long, double, string, and object?[] for a tuple.

/// <summary>The name of a Python class or function. Never resolved to anything that runs.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => Module + "." + Name;
}

/// <summary>
/// Anything this reader has no use for: a list, bytes, a huge integer, an instance of an unknown class, the result of an unknown
/// call. <paramref name="What"/> is kept as it is and only made into text for a message: the same long name may occur a million times.
/// </summary>
internal sealed record PickleOpaque(object What)
{
    public static readonly PickleOpaque List = new("a list");
    public static readonly PickleOpaque Set = new("a set");
    public static readonly PickleOpaque Bytes = new("bytes");
    public static readonly PickleOpaque Integer = new("a large integer");
    public static readonly PickleOpaque Tensor = new("a tensor of an unknown kind");
    public static readonly PickleOpaque Other = new("an unknown object");
}

/// <summary>A dict or OrderedDict; only entries with text keys are kept.</summary>
internal sealed class PickleDict
{
    // A key is hashed once for every entry it is used in, also when it is shared through the memo: a limit bounds the time.
    private const int LongestKey = 512;

    private static readonly Dictionary<string, object?> None = [];

    // Made on first use: an empty dict costs the pickle one byte and must not cost us hundreds.
    private Dictionary<string, object?>? entries;

    public IReadOnlyDictionary<string, object?> Entries => entries ?? None;

    public void Set(object? key, object? value)
    {
        if (key is string { Length: <= LongestKey } text)
        {
            entries ??= new Dictionary<string, object?>(StringComparer.Ordinal);
            entries[text] = value;
        }
    }
}

/// <summary>A list, where its items are wanted: the names of the storages in a file before PyTorch 1.6.</summary>
internal sealed class PickleList(IEnumerable<object?> items)
{
    public List<object?> Items { get; } = [.. items];
}

/// <summary>
/// A storage of <paramref name="Count"/> elements, which the container keeps under its key. Untyped storages count bytes; the tensors on
/// them know their own type.
/// </summary>
internal sealed record PickleStorage(StoredType Type, bool IsUntyped, string Key, long Count);

/// <summary>
/// A view on a storage: element (i, j, ...) lies at <c>Offset + i Strides[0] + j Strides[1] + ...</c>, in elements. Unchecked as yet.
/// </summary>
internal sealed record PickleTensor(PickleStorage Storage, StoredType Type, long Offset, long[] Sizes, long[] Strides);
