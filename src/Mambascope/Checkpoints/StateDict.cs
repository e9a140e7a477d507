namespace Mambascope.Checkpoints;

/// <summary>A dict of tensors in what a PyTorch file holds.</summary>
/// <param name="Name">The keys that lead to it, joined by dots; empty at the top.</param>
/// <param name="Tensors">By name.</param>
internal sealed record PickleSet(string Name, IReadOnlyDictionary<string, PickleTensor> Tensors);

/// <summary>
/// Finds the model's tensors in what a PyTorch file holds. Training scripts save <c>{"model": state_dict, "optimizer": ..., "args":
/// ...}</c> under various names, often with a moving average of the weights beside them.
/// </summary>
internal static class StateDict
{
    // In the order of preference: what people mean by the model, and its moving averages after it.
    private static readonly string[] places =
    [
        "model", "state_dict", "model_state_dict", "module", "net", "network", "weights", "params",
        "ema", "model_ema", "ema_model", "state_dict_ema", "ema_state_dict", "params_ema",
    ];

    // Dicts of tensors that are no weights: an optimiser's moments have the names of the weights they belong to.
    private static readonly string[] notWeights = ["optim", "sched", "scaler", "criterion", "loss"];

    // {"model": {"state_dict": ...}} is known.
    private const int Levels = 3;
    private const int MostSets = 32;

    /// <summary>The dicts with tensors, the most likely to be the model first; at least one.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public static IReadOnlyList<PickleSet> Find(object? root, string file)
    {
        if (root is not PickleDict dictionary)
        {
            var found = root is PickleOpaque opaque ? Printable.Name(opaque.What.ToString()!) : "another value";
            throw new BadInputException(
                $"{file} holds {found}, expected a dict of tensors: save the model's state_dict() and not the model itself");
        }

        var sets = new List<PickleSet>();
        Search(dictionary, "", Levels, new(ReferenceEqualityComparer.Instance), sets);
        return sets.Count > 0
            ? sets
            : throw new BadInputException($"{file} holds no state dict: expected tensors by name, at the top or in a dict such as model "
                + $"or state_dict; found {Keys(dictionary)}");
    }

    /// <summary>Known places come before the dict itself, others after it. A dict may contain itself: each is visited once.</summary>
    private static void Search(PickleDict dictionary, string name, int levels, HashSet<object> visited, List<PickleSet> sets)
    {
        if (levels == 0 || sets.Count >= MostSets || !visited.Add(dictionary))
        {
            return;
        }

        foreach (var place in places)
        {
            Into(place);
        }

        var tensors = dictionary.Entries
            .Where(entry => entry.Value is PickleTensor)
            .ToDictionary(entry => entry.Key, entry => (PickleTensor)entry.Value!, StringComparer.Ordinal);
        if (tensors.Count > 0)
        {
            sets.Add(new(name, tensors));
        }

        foreach (var key in dictionary.Entries.Keys.Where(IsForWeights))
        {
            Into(key);
        }

        void Into(string key)
        {
            if (dictionary.Entries.GetValueOrDefault(key) is PickleDict inner)
            {
                Search(inner, name.Length == 0 ? key : $"{name}.{key}", levels - 1, visited, sets);
            }
        }
    }

    private static bool IsForWeights(string key)
        => !Array.Exists(notWeights, other => key.Contains(other, StringComparison.OrdinalIgnoreCase));

    private static string Keys(PickleDict dictionary)
    {
        var keys = string.Join(", ", dictionary.Entries.Keys.Take(5).Select(Printable.Name));
        return keys.Length == 0 ? "nothing" : keys;
    }
}
