namespace Mambascope.Attribution;

/// <summary>
/// Places of a path from 0 to 1 at which gradients are taken, and what each counts: close together where scores change much. The scores are
/// looked at first, at places in even ratios and then at places between those where they differ most. A part of the gradients shares out
/// the changes equally, a part the places that were looked at, and the rest the length of the path.
/// </summary>
/// <remarks>
/// How near to 0 that may be: an RMS norm multiplies what is small by up to 1 / sqrt(epsilon), some 300, and each layer does it again;
/// behind ten layers all happens within 1e-25 of the path. So everything is measured by logarithms.
/// </remarks>
internal static class PathSteps
{
    // Places that are looked at: some in even ratios, the others between those where the scores differ most.
    private const int FirstPlaces = 12;
    private const int FewestPlaces = 48;
    private const int MostPlaces = 512;
    private const int PlacesAtOnce = 8;

    // Closer places tell nothing new.
    private const double LeastRatio = 1.02;

    // Of the gradients. With these, sums of what RMS norms do at 1e-3 to 1e-20 of the way come within 1 % in 32 steps.
    private const double ShareOfChange = 0.3;
    private const double ShareOfPlaces = 0.45;
    private const double ShareOfLength = 0.25;

    // Two places in each interval, as Gauss put them: so far from its middle, as shares of its length.
    private static readonly double gauss = 1 / (2 * Math.Sqrt(3));

    /// <summary>Places, and weights that add up to 1.</summary>
    /// <param name="steps">How many, N.</param>
    /// <param name="smallest">The place that is nearest to 0.</param>
    /// <param name="scores">The scores of all answers at some places of the path.</param>
    /// <returns>N places, rising.</returns>
    public static (double Place, double Weight)[] Of(int steps, double smallest, Func<double[], double[][]> scores)
    {
        double[] first =
        [
            0, .. Enumerable.Range(0, FirstPlaces).Select(i => Math.Pow(smallest, 1 - (i / (FirstPlaces - 1.0)))),
        ];
        var known = new SortedList<double, double[]>();
        Look(first);
        while (known.Count < Math.Clamp(steps, FewestPlaces, MostPlaces))
        {
            double[] next =
            [
                .. Enumerable.Range(2, known.Count - 2)
                    .Where(i => known.Keys[i] / known.Keys[i - 1] > LeastRatio)
                    .OrderByDescending(i => Distance(known.Values[i - 1], known.Values[i]))
                    .Take(PlacesAtOnce)
                    .Select(i => Math.Sqrt(known.Keys[i - 1]) * Math.Sqrt(known.Keys[i])),
            ];
            if (next.Length == 0)
            {
                break;
            }

            Look(next);
        }

        var bounds = Bounds(
            (steps + 1) / 2,
            [.. known.Keys],
            [0, .. Enumerable.Range(1, known.Count - 1).Select(i => Distance(known.Values[i - 1], known.Values[i]))]);
        return
        [
            .. bounds.Zip(bounds.Skip(1))
                .SelectMany((interval, i) => Nodes(interval.First, interval.Second, Math.Min(2, steps - (2 * i)))),
        ];

        void Look(double[] places)
        {
            foreach (var (place, found) in places.Zip(scores(places)))
            {
                known[place] = found;
            }
        }
    }

    /// <summary>Bounds of intervals in each of which about as much happens.</summary>
    /// <param name="intervals">How many.</param>
    /// <param name="places">Rising, from 0 to 1.</param>
    /// <param name="changes">From the place before to each; 0 for the first.</param>
    public static double[] Bounds(int intervals, double[] places, double[] changes)
    {
        var measure = new double[places.Length]; // of the way and the change up to each place
        var change = changes.Skip(1).Sum();
        for (var i = 1; i < places.Length; i++)
        {
            var share = change > 0 && double.IsFinite(change) ? changes[i] / change : places[i] - places[i - 1];
            measure[i] = measure[i - 1] + (ShareOfChange * share) + (ShareOfPlaces / (places.Length - 1))
                + (ShareOfLength * (places[i] - places[i - 1]));
        }

        var bounds = new double[intervals + 1];
        for (var (k, i) = (1, 1); k < intervals; k++)
        {
            var wanted = measure[^1] * k / intervals;
            while (i < places.Length - 1 && measure[i] < wanted)
            {
                i++;
            }

            var part = measure[i] > measure[i - 1] ? (wanted - measure[i - 1]) / (measure[i] - measure[i - 1]) : 1;
            bounds[k] = places[i - 1] > 0
                ? places[i - 1] * Math.Pow(places[i] / places[i - 1], part)
                : part * places[i];
        }

        bounds[intervals] = 1;
        return bounds;
    }

    // Over the logarithm of the way, but for the first interval, which begins at 0. What a place counts is turned into a length of the way,
    // and the lengths of an interval are made to add up to it.
    private static IEnumerable<(double Place, double Weight)> Nodes(double from, double to, int count)
    {
        double[] shares = count == 1 ? [0.5] : [0.5 - gauss, 0.5 + gauss];
        double[] places = [.. shares.Select(share => from <= 0 ? share * to : from * Math.Pow(to / from, share))];
        double[] weights = [.. places.Select(place => from <= 0 ? to / count : place * Math.Log(to / from) / count)];
        var scale = (to - from) / weights.Sum();
        return places.Zip(weights, (place, weight) => (place, double.IsFinite(scale) ? weight * scale : weight));
    }

    private static double Distance(double[] one, double[] other)
    {
        var sum = 0.0;
        for (var i = 0; i < one.Length; i++)
        {
            sum += (one[i] - other[i]) * (one[i] - other[i]);
        }

        return double.IsFinite(sum) ? Math.Sqrt(sum) : 0;
    }
}
