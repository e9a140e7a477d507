namespace Mambascope.Attribution;

/// <summary>
/// Steps of a path from 0 to 1 along which scores change, short where they change much: half of them share out the changes equally, the other
/// half the length of the path. The scores are looked at first, at places that lie closer together the nearer they are to 0.
/// </summary>
internal static class PathSteps
{
    // Halves of halves: 2^-24 of the way is nothing to a single.
    private const int Halvings = 24;
    private const int PlacesAHalving = 2;

    // Beyond the first quarter, places of equal distance as well.
    private const int EvenPlaces = 16;

    /// <summary>Bounds of the steps, from 0 to 1.</summary>
    /// <param name="steps">How many, N.</param>
    /// <param name="changes">By how much the scores differ from those of the place before, for places that rise from 0 to 1.</param>
    /// <returns>N + 1 values, rising.</returns>
    public static double[] Of(int steps, Func<double[], double[]> changes)
    {
        double[] places =
        [
            .. new[] { 0.0 }
                .Concat(Enumerable.Range(0, (Halvings * PlacesAHalving) + 1).Select(i => Math.Pow(2, (i / (double)PlacesAHalving) - Halvings)))
                .Concat(Enumerable.Range(1, EvenPlaces - 1).Select(i => i / (double)EvenPlaces))
                .Distinct()
                .Order(),
        ];
        return Bounds(steps, places, changes(places));
    }

    /// <summary>The same from changes that are known.</summary>
    /// <param name="steps">How many, N.</param>
    /// <param name="places">Rising, from 0 to 1.</param>
    /// <param name="changes">From the place before to each; 0 for the first.</param>
    public static double[] Bounds(int steps, double[] places, double[] changes)
    {
        var measure = new double[places.Length]; // of the way and the change up to each place
        var change = changes.Skip(1).Sum();
        for (var i = 1; i < places.Length; i++)
        {
            var share = change > 0 && double.IsFinite(change) ? changes[i] / change : places[i] - places[i - 1];
            measure[i] = measure[i - 1] + ((share + places[i] - places[i - 1]) / 2);
        }

        var bounds = new double[steps + 1];
        for (var (k, i) = (1, 1); k < steps; k++)
        {
            var wanted = measure[^1] * k / steps;
            while (i < places.Length - 1 && measure[i] < wanted)
            {
                i++;
            }

            var part = measure[i] > measure[i - 1] ? (wanted - measure[i - 1]) / (measure[i] - measure[i - 1]) : 1;
            bounds[k] = places[i - 1] + (part * (places[i] - places[i - 1]));
        }

        bounds[steps] = 1;
        return bounds;
    }
}
