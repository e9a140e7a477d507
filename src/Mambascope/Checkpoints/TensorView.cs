namespace Mambascope.Checkpoints;

/// <summary>
/// Tensors of a set under shorter names: a wrapper, a training framework or a model with parts has put <c>module.</c>, <c>net.</c> or
/// <c>student.backbone.</c> before each.
/// </summary>
internal sealed class TensorView
{
    /// <summary>What a set at the top of a file is called.</summary>
    public const string Top = "top";

    // DistributedDataParallel and torch.compile: never part of a model's own names.
    private static readonly string[] wrappers = ["module.", "_orig_mod."];

    // Enough for "student.backbone.model."; parts with fewer tensors are no model.
    private const int Depth = 4;
    private const int MostParts = 16;
    private const int LeastTensors = 4;
    private const int MostTensors = 100_000;

    private readonly TensorSet set;
    private readonly string prefix;

    private TensorView(TensorSet set, string prefix)
    {
        (this.set, this.prefix) = (set, prefix);
        string[] parts = [set.Name, WithoutWrappers(prefix).TrimEnd('.')];
        Name = string.Join('.', parts.Where(part => part.Length > 0)) is { Length: > 0 } name ? name : Top;
        Tensors = prefix.Length == 0
            ? set.Tensors
            : set.Tensors.Values.Where(tensor => IsBehind(prefix, tensor.Name))
                .Select(tensor => tensor.Renamed(tensor.Name[prefix.Length..]))
                .ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>Where the tensors lie, for a choice among several.</summary>
    public string Name { get; }

    /// <summary>By their shorter names.</summary>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Whether all its tensors are among another's, of the same set.</summary>
    public bool IsPartOf(TensorView other) => set == other.set && prefix.StartsWith(other.prefix, StringComparison.Ordinal);

    /// <summary>A whole set, without wrappers' prefixes.</summary>
    public static TensorView Whole(TensorSet set) => new(set, Unwrapped(set, ""));

    /// <summary>A whole set, and after it those parts that may be models of their own. Each is made when it is asked for.</summary>
    public static IEnumerable<TensorView> Of(TensorSet set)
    {
        var whole = Unwrapped(set, "");
        yield return new(set, whole);
        if (set.Tensors.Count > MostTensors)
        {
            yield break;
        }

        var level = new List<string> { whole };
        for (var depth = 0; depth < Depth; depth++)
        {
            level = [.. level.SelectMany(part => Parts(set, part)).Take(MostParts)];
            foreach (var part in level)
            {
                yield return new(set, part);
            }
        }
    }

    /// <summary>The tensor as the file names it.</summary>
    public TensorInfo Stored(string name) => set.Tensors[prefix + name];

    /// <summary>Throws where the set cannot be used.</summary>
    /// <exception cref="BadInputException">The set's fault.</exception>
    public void RequireSound()
    {
        if (set.Fault is { } fault)
        {
            throw new BadInputException(fault.Message, fault);
        }
    }

    /// <summary>The next components of names behind a prefix, the most frequent first.</summary>
    private static IEnumerable<string> Parts(TensorSet set, string prefix)
        => set.Tensors.Keys.Where(name => IsBehind(prefix, name))
            .Select(name => name.IndexOf('.', prefix.Length) is > 0 and var dot ? name[..(dot + 1)] : "")
            .Where(part => part.Length > prefix.Length + 1)
            .GroupBy(part => part, StringComparer.Ordinal)
            .Where(group => group.Count() >= LeastTensors)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Take(MostParts)
            .Select(group => Unwrapped(set, group.Key));

    /// <summary>A prefix with the wrappers behind it that all its names share.</summary>
    private static string Unwrapped(TensorSet set, string prefix)
    {
        const int Longest = 64;
        while (prefix.Length < Longest && set.Tensors.Count > 0 && Array.Find(wrappers, IsShared) is { } next)
        {
            prefix += next;
        }

        bool IsShared(string wrapper)
            => set.Tensors.Keys.Where(name => IsBehind(prefix, name)).All(name => IsBehind(prefix + wrapper, name));

        return prefix;
    }

    private static string WithoutWrappers(string prefix)
        => wrappers.Aggregate(prefix, (rest, wrapper) => rest.Replace(wrapper, "", StringComparison.Ordinal));

    private static bool IsBehind(string prefix, string name)
        => name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal);
}
