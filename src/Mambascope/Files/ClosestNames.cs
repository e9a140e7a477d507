namespace Mambascope;

/// <summary>Says which of the existing names a missing one may have meant.</summary>
internal static class ClosestNames
{
    private const int Shown = 3;

    // Further away than this it is no slip of the finger.
    private const double FarthestShare = 0.4;
    private const int ShortestBeginning = 3;

    // Bounds the time on a hostile file: names considered, and characters of each.
    private const int Considered = 20_000;
    private const int LongestName = 200;

    public static BadInputException Missing(string name, string file, IEnumerable<string> names)
    {
        var closest = names.Take(Considered)
            .Where(candidate => candidate.Length <= LongestName)
            .Select(candidate => (Name: candidate, Distance: EditDistance(name, candidate)))
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Name, StringComparer.Ordinal)
            .Take(Shown)
            .Select(pair => Printable.Name(pair.Name))
            .ToArray();
        var rest = closest.Length == 0 ? "the file holds no tensors" : "the closest names are " + string.Join(", ", closest);
        return new BadInputException($"tensor {Printable.Name(name)} is missing in {file}; {rest}");
    }

    /// <summary>"; did you mean rollout" of names near to one that does not exist, or nothing where no name is near.</summary>
    public static string Hint(string name, IEnumerable<string> known)
    {
        var lower = name.ToLowerInvariant();
        string[] near =
        [
            .. known.Distinct(StringComparer.Ordinal).Take(Considered)
                .Where(other => other.Length <= LongestName)
                .Select(other => (Name: other, Distance: Distance(lower, other.ToLowerInvariant())))
                .Where(each => each.Distance <= Math.Max(1, FarthestShare * Math.Max(name.Length, each.Name.Length)))
                .OrderBy(each => each.Distance).ThenBy(each => each.Name, StringComparer.Ordinal)
                .Take(Shown)
                .Select(each => Printable.Name(each.Name)),
        ];
        return near.Length == 0 || name.Length == 0 ? "" : $"; did you mean {string.Join(" or ", near)}";
    }

    // What was not typed to its end, or beyond it, is near; one or two letters are no beginning.
    private static int Distance(string from, string to)
        => Math.Min(from.Length, to.Length) >= ShortestBeginning
            && (to.StartsWith(from, StringComparison.Ordinal) || from.StartsWith(to, StringComparison.Ordinal))
                ? 1
                : EditDistance(from, to);

    /// <summary>Levenshtein's distance: insertions, deletions and substitutions that lead from one name to the other.</summary>
    internal static int EditDistance(ReadOnlySpan<char> from, ReadOnlySpan<char> to)
    {
        from = from[..Math.Min(from.Length, LongestName)];
        Span<int> row = stackalloc int[LongestName + 1];
        for (var j = 0; j <= to.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var substituted = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[to.Length];
    }
}
