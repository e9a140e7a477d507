namespace Mambascope.Explorer.Serving;

/// <summary>The values that were used last, up to a total weight.</summary>
internal sealed class Recent<TValue>(long most)
    where TValue : class
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, TValue Value, long Weight)>> byKey = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, TValue Value, long Weight)> inOrder = new();
    private long total;

    /// <summary>The value, which counts as used; null where it is not, or no longer, there.</summary>
    internal TValue? Find(string key)
    {
        lock (gate)
        {
            if (!byKey.TryGetValue(key, out var node))
            {
                return null;
            }

            inOrder.Remove(node);
            inOrder.AddFirst(node);
            return node.Value.Value;
        }
    }

    /// <summary>Keeps a value; those that were not used for longest make room.</summary>
    internal TValue Keep(string key, TValue value, long weight = 1)
    {
        lock (gate)
        {
            if (byKey.Remove(key, out var old))
            {
                inOrder.Remove(old);
                total -= old.Value.Weight;
            }

            byKey[key] = inOrder.AddFirst((key, value, weight));
            total += weight;
            while (total > most && inOrder.Count > 1)
            {
                var last = inOrder.Last!;
                inOrder.RemoveLast();
                byKey.Remove(last.Value.Key);
                total -= last.Value.Weight;
            }

            return value;
        }
    }

    /// <summary>The value; made where it is not there. Two who ask at the same time may both make it, and get equal ones.</summary>
    internal TValue Of(string key, Func<TValue> make, long weight = 1) => Find(key) ?? Keep(key, make(), weight);
}
