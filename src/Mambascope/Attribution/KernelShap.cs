using System.Numerics;

namespace Mambascope.Attribution;

/// <summary>
/// KernelSHAP (Lundberg and Lee 2017, as Captum has it): the explained score with some segments of the input left and the others set to 0,
/// fitted by a sum over the segments that are left, so that each gets its Shapley value. Sizes of subsets are drawn by the kernel
/// (M - 1) / (k (M - k)), subsets of a size evenly; where the budget has room for all subsets, all are taken with the kernel's weights and
/// the values are exact. The fit meets the scores of the whole and of the empty input exactly. A segment is a square of patches, of a text
/// a run of tokens; its value is shared evenly among them.
/// </summary>
public sealed class KernelShap : AttributionMethod
{
    /// <summary>Forward passes where nothing else is said.</summary>
    public const int StandardBudget = 1024;

    private const int MostSegments = 4096;
    private const int MostExhaustive = 20;

    /// <inheritdoc/>
    public override string Name => "kernel-shap";

    /// <inheritdoc/>
    public override string Title => "KernelSHAP";

    /// <inheritdoc/>
    public override string Description => "Shapley values of patches or tokens, by regression over random subsets";

    /// <inheritdoc/>
    public override IReadOnlyList<AttributionOption> Options
        => [AttributionOption.Segment, AttributionOption.Budget, AttributionOption.Seed];

    /// <inheritdoc/>
    public override bool IsClassSpecific => true;

    /// <inheritdoc/>
    public override bool RunsModel => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
        => [.. Enumerable.Range(0, run.Decision.Batch).Select(item => Explain(run, item))];

    private static RelevanceMap<T> Explain<T>(MethodRun<T> run, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (parts, options) = (new RemovedParts<T>(run, item), run.Options);
        var (segmentOf, count) = Segments(parts.Size, options.Segment);
        var budget = options.Budget ?? StandardBudget;
        if (budget < 3)
        {
            throw new BadInputException($"kernel-shap needs at least 3 forward passes, not {budget}");
        }

        var subsets = count <= MostExhaustive && (1L << count) - 2 <= budget - 2
            ? All(count)
            : Drawn(count, budget - 2, new Random(options.Seed));
        bool[][] removed =
        [
            new bool[segmentOf.Length],
            [.. Enumerable.Repeat(true, segmentOf.Length)],
            .. subsets.Select(subset => (bool[])[.. segmentOf.Select(segment => !subset.Kept[segment])]),
        ];
        var scores = parts.Scores(removed, done: 0, removed.Length);
        var values = Fit(subsets, scores.AsSpan(2), empty: scores[1], whole: scores[0], count);
        var size = segmentOf.CountBy(segment => segment).ToDictionary();
        return parts.Map(
            [.. segmentOf.Select(segment => values[segment] / size[segment])],
            new Dictionary<string, double> { ["forward_passes"] = removed.Length });
    }

    // The segment of every token, and how many there are.
    private static (int[] OfToken, int Count) Segments((int Rows, int Columns) size, int side)
    {
        if (side < 1)
        {
            throw new BadInputException($"kernel-shap needs a segment of at least 1, not {side}");
        }

        var columns = (size.Columns + side - 1) / side;
        var count = (size.Rows + side - 1) / side * columns;
        return count <= MostSegments
            ? ([.. Enumerable.Range(0, size.Rows * size.Columns)
                .Select(t => (t / size.Columns / side * columns) + (t % size.Columns / side))], count)
            : throw new BadInputException(
                $"kernel-shap fits at most {MostSegments} segments, and this input has {count} of {side}; take larger ones (segment)");
    }

    private static List<Subset> All(int count)
    {
        var subsets = new List<Subset>();
        for (var bits = 1; bits < (1 << count) - 1; bits++)
        {
            var kept = new bool[count];
            for (var i = 0; i < count; i++)
            {
                kept[i] = (bits >> i & 1) != 0;
            }

            var k = BitOperations.PopCount((uint)bits);
            subsets.Add(new(kept, (count - 1) / (Binomial(count, k) * k * (count - k))));
        }

        return subsets;
    }

    private static List<Subset> Drawn(int count, int draws, Random random)
    {
        double[] kernel = [.. Enumerable.Range(1, Math.Max(0, count - 1)).Select(k => (count - 1.0) / (k * (count - k)))];
        var (all, places) = (kernel.Sum(), Enumerable.Range(0, count).ToArray());
        var subsets = new List<Subset>(draws);
        for (var draw = 0; draw < draws; draw++)
        {
            var (at, size) = (random.NextDouble() * all, 1);
            for (; size < count - 1 && at >= kernel[size - 1]; size++)
            {
                at -= kernel[size - 1];
            }

            random.Shuffle(places);
            var kept = new bool[count];
            foreach (var place in places.AsSpan(0, size))
            {
                kept[place] = true;
            }

            subsets.Add(new(kept, 1));
        }

        return subsets;
    }

    // Least squares of Σ w (score - empty - Σ kept φ)² with Σ φ = whole - empty: (A φ = b - λ 1). Where there are fewer subsets than
    // segments the ridge picks the shortest of all solutions.
    private static double[] Fit(IReadOnlyList<Subset> subsets, ReadOnlySpan<double> scores, double empty, double whole, int count)
    {
        if (count == 1)
        {
            return [whole - empty];
        }

        var (A, b) = (new double[count, count], new double[count]);
        for (var s = 0; s < subsets.Count; s++)
        {
            var (kept, weight) = subsets[s];
            for (var i = 0; i < count; i++)
            {
                if (!kept[i])
                {
                    continue;
                }

                b[i] += weight * (scores[s] - empty);
                for (var j = 0; j <= i; j++)
                {
                    A[i, j] += kept[j] ? weight : 0;
                }
            }
        }

        var trace = Enumerable.Range(0, count).Sum(i => A[i, i]);
        for (var i = 0; i < count; i++)
        {
            A[i, i] += 1e-10 * trace / count;
        }

        Cholesky.Factorise(A);
        var free = Cholesky.Solve(A, b);
        var ones = Cholesky.Solve(A, [.. Enumerable.Repeat(1.0, count)]);
        var excess = (free.Sum() - (whole - empty)) / ones.Sum();
        return [.. free.Zip(ones, (value, one) => value - (excess * one))];
    }

    private static double Binomial(int n, int k)
    {
        var result = 1.0;
        for (var i = 1; i <= k; i++)
        {
            result = result * (n - k + i) / i;
        }

        return result;
    }

    private readonly record struct Subset(bool[] Kept, double Weight);
}
