using Mambascope.Evaluation;

namespace Mambascope.Training;

/// <summary>Which cases are learned from and which are held out: drawn by seed, the same share of every class.</summary>
internal static class CaseSplit
{
    private const ulong Stream = 0x5917;

    /// <summary>Indices to learn from, and of each part held out.</summary>
    /// <param name="labels">Class of each case.</param>
    /// <param name="shares">Shares to hold out, together below 1; a part with a share above 0 gets one of each class at least.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="classNames">For messages.</param>
    /// <exception cref="BadInputException">A class has too few cases.</exception>
    public static (int[] Train, int[][] HeldOut) Of(
        int[] labels, IReadOnlyList<double> shares, int seed, IReadOnlyList<string> classNames)
    {
        var train = new List<int>();
        List<int>[] heldOut = [.. shares.Select(_ => new List<int>())];
        for (var label = 0; label < classNames.Count; label++)
        {
            int[] own = [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] == label)];
            Shuffle(own, new SplitMix64((ulong)seed, Stream, label));
            var first = 0;
            for (var part = 0; part < shares.Count; part++)
            {
                var count = shares[part] > 0 ? Math.Max(1, (int)Math.Round(shares[part] * own.Length)) : 0;
                heldOut[part].AddRange(own.Skip(first).Take(count));
                first += count;
            }

            train.AddRange(own.Skip(first));
            if (own.Length <= first)
            {
                throw new BadInputException(
                    $"class {Printable.Name(classNames[label])} has {own.Length} {(own.Length == 1 ? "case" : "cases")}; "
                        + $"at least {first + 1} are needed, {first} to hold out and one to learn from");
            }
        }

        train.Sort();
        return ([.. train], [.. heldOut.Select(part => part.Order().ToArray())]);
    }

    /// <summary>Puts values into an order by chance (Fisher and Yates).</summary>
    public static void Shuffle(int[] values, SplitMix64 random)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = random.Below(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }
}
