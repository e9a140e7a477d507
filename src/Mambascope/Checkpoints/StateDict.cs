namespace Mambascope.Checkpoints;

/// <summary>
/// Finds the model's tensors in what a PyTorch file holds. Training scripts save <c>{"model": state_dict, "optimizer": ..., "args": ...}</c>
/// under various names; wrappers put a prefix before every name.
/// </summary>
internal static class StateDict
{
    private static readonly string[] Places = ["model", "state_dict", "model_state_dict", "module"];

    // {"model": {"state_dict": ...}} is known; a dict may contain itself, so the search must end.
    private const int Levels = 2;

    // DistributedDataParallel and torch.compile.
    private static readonly string[] Prefixes = ["module.", "_orig_mod."];

    /// <summary>The tensors of the state dict by name.</summary>
    public static Dictionary<string, PickleTensor> Find(object? root, string file)
    {
        if (root is not PickleDict dictionary)
        {
            string found = root is PickleOpaque opaque ? Printable.Name(opaque.What.ToString()!) : "another value";
            throw new BadInputException($"{file} holds {found}, expected a dict of tensors: save the model's state_dict() and not the model itself.");
        }

        PickleDict stateDict = Search(dictionary, Levels) ?? throw new BadInputException($"{file} holds no state dict: expected tensors by name, at the top or under {string.Join(", ", Places)}; found {Keys(dictionary)}.");
        return WithoutPrefixes(stateDict.Entries
            .Where(entry => entry.Value is PickleTensor)
            .ToDictionary(entry => entry.Key, entry => (PickleTensor)entry.Value!, StringComparer.Ordinal));
    }

    /// <summary>The first dict with tensors, looking into the known places before at the dict itself.</summary>
    private static PickleDict? Search(PickleDict dictionary, int levels)
    {
        for (int i = 0; levels > 0 && i < Places.Length; i++)
        {
            if (dictionary.Entries.GetValueOrDefault(Places[i]) is PickleDict inner && Search(inner, levels - 1) is { } found)
            {
                return found;
            }
        }

        return dictionary.Entries.Values.Any(value => value is PickleTensor) ? dictionary : null;
    }

    private static Dictionary<string, PickleTensor> WithoutPrefixes(Dictionary<string, PickleTensor> tensors)
    {
        foreach (string prefix in Prefixes)
        {
            if (tensors.Keys.All(name => name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                tensors = tensors.ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value, StringComparer.Ordinal);
            }
        }

        return tensors;
    }

    private static string Keys(PickleDict dictionary)
    {
        string keys = string.Join(", ", dictionary.Entries.Keys.Take(5).Select(Printable.Name));
        return keys.Length == 0 ? "nothing" : keys;
    }
}
