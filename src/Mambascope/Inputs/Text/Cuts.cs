namespace Mambascope.Inputs.Text;

/// <summary>Cuts a text where something was found in it.</summary>
internal static class Cuts
{
    /// <summary>The parts of a text.</summary>
    /// <param name="length">Length of the text.</param>
    /// <param name="found">Ranges that were found, in order, not overlapping; the empty ones are passed over.</param>
    /// <param name="behavior">What becomes of them.</param>
    /// <param name="invert">Whether what lies between them counts as found instead.</param>
    public static IReadOnlyList<(int Start, int End)> Apply(
        int length, IEnumerable<(int Start, int End)> found, SplitBehavior behavior, bool invert = false)
    {
        var cover = Cover(length, found, invert);
        if (behavior == SplitBehavior.MergedWithNext)
        {
            // Backwards it is the same as merging with the previous.
            var mirrored = cover.AsEnumerable().Reverse().Select(part => (length - part.End, length - part.Start, part.IsFound));
            return [.. Fold(mirrored, SplitBehavior.MergedWithPrevious).Select(part => (length - part.End, length - part.Start)).Reverse()];
        }

        return Fold(cover, behavior);
    }

    private static List<(int Start, int End, bool IsFound)> Cover(int length, IEnumerable<(int Start, int End)> found, bool invert)
    {
        var cover = new List<(int, int, bool)>();
        var at = 0;
        foreach (var (start, end) in found)
        {
            if (start == end)
            {
                continue;
            }

            if (at < start)
            {
                cover.Add((at, start, invert));
            }

            cover.Add((start, end, !invert));
            at = end;
        }

        if (at < length)
        {
            cover.Add((at, length, invert));
        }

        return cover;
    }

    private static List<(int Start, int End)> Fold(IEnumerable<(int Start, int End, bool IsFound)> cover, SplitBehavior behavior)
    {
        var parts = new List<(int Start, int End)>();
        var previousFound = false;
        foreach (var (start, end, isFound) in cover)
        {
            var joins = parts.Count > 0 && behavior switch
            {
                SplitBehavior.Contiguous => isFound == previousFound,
                SplitBehavior.MergedWithPrevious => isFound && !previousFound,
                _ => false,
            };
            if (joins)
            {
                parts[^1] = parts[^1] with { End = end };
            }
            else if (!isFound || behavior != SplitBehavior.Removed)
            {
                parts.Add((start, end));
            }

            previousFound = isFound;
        }

        return parts;
    }
}
