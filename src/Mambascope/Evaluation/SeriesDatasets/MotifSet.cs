using System.Globalization;
using Mambascope.Inputs.Series;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.SeriesDatasets;

/// <summary>
/// Series in which it is known what decides the class: correlated noise (AR(1), coefficient 0.7, unit variance, 128 steps) with one of four
/// motifs of 16 steps at a place drawn evenly. The label is which motif, whatever its place. Every series also has a ramp, as large and as
/// long, elsewhere: whoever looks for what stands out finds it as often as the motif. Motifs have a mean square of 1, times an amplitude
/// of 3.
/// </summary>
internal sealed class MotifSet : ISeriesDataset
{
    /// <summary>What a specification begins with.</summary>
    public const string Prefix = "motifs";

    /// <summary>Steps of a series.</summary>
    public const int Length = 128;

    /// <summary>Steps of a motif.</summary>
    public const int MotifLength = 16;

    private const int StandardTraining = 2000;
    private const int StandardTest = 500;
    private const int Most = 1_000_000;
    private const int TrainingSeed = 20_261;
    private const int TestSeed = 20_262;
    private const double Amplitude = 3;
    private const double Memory = 0.7;

    private static readonly double[][] motifs =
    [
        Scaled(x => 0.5 * (1 - Math.Cos(2 * Math.PI * x))),
        Scaled(x => -0.5 * (1 - Math.Cos(2 * Math.PI * x))),
        Scaled(x => Math.Sin(2 * Math.PI * x)),
        Scaled(x => Math.Sin(4 * Math.PI * x) >= 0 ? 1 : -1),
    ];

    private static readonly double[] ramp = Scaled(x => x - 0.5);

    private readonly int seed;

    private MotifSet(int count, bool isTraining) => (Count, seed) = (count, isTraining ? TrainingSeed : TestSeed);

    /// <summary>A smooth bump, its negative, one period of a sine, steps up and down.</summary>
    public static IReadOnlyList<string> ClassNames { get; } = ["bump", "dip", "wave", "steps"];

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => ClassNames;

    /// <inheritdoc/>
    public string Name => $"{Prefix}:{Count}:{(seed == TrainingSeed ? "train" : "test")}";

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public SeriesFormat Format { get; } = new(SeriesKind.Steps, [new("value")]);

    /// <inheritdoc/>
    public bool HasLabels => true;

    /// <inheritdoc/>
    public bool HasTruth => true;

    /// <summary>Whether a specification means such a set.</summary>
    public static bool Is(string specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        return specification == Prefix || specification.StartsWith(Prefix + ":", StringComparison.Ordinal);
    }

    /// <summary>Opens <c>motifs[:COUNT[:train|test]]</c>: 500 to test by, or 2000 to train on; the two have nothing in common.</summary>
    /// <exception cref="BadInputException">Another form.</exception>
    public static MotifSet Open(string specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        var parts = specification.Split(':');
        var split = parts.Length > 2 ? parts[2] : "test";
        var count = split == "train" ? StandardTraining : StandardTest;
        var isCounted = parts.Length < 2
            || (int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is > 0 and <= Most);
        return isCounted && parts.Length <= 3 && parts[0] == Prefix && split is "train" or "test"
                ? new(count, split == "train")
                : throw new BadInputException(
                    $"{Printable.Name(specification)}: expected {Prefix}, {Prefix}:COUNT or {Prefix}:COUNT:SPLIT with 1 to {Most:N0} "
                        + "series and SPLIT train or test");
    }

    /// <summary>The first of its series.</summary>
    public MotifSet First(int count) => new(count, seed == TrainingSeed);

    /// <inheritdoc/>
    public SeriesItem Read(int index)
    {
        var random = new Random(StableSeed.Of(seed, index));
        var (values, last) = (new float[Length], NormalDistribution.Draw(random));
        for (var t = 0; t < Length; t++)
        {
            values[t] = (float)last;
            last = (Memory * last) + (Math.Sqrt(1 - (Memory * Memory)) * NormalDistribution.Draw(random));
        }

        var (motif, start) = (random.Next(motifs.Length), random.Next(Length - MotifLength + 1));
        int other;
        do
        {
            other = random.Next(Length - MotifLength + 1);
        }
        while (Math.Abs(other - start) < MotifLength);

        for (var i = 0; i < MotifLength; i++)
        {
            values[start + i] += (float)motifs[motif][i];
            values[other + i] += (float)ramp[i];
        }

        var name = index.ToString(CultureInfo.InvariantCulture);
        return new($"series {name}", new(name, values, Length, 1) { Label = ClassNames[motif] }, [.. Enumerable.Range(start, MotifLength)]);
    }

    private static double[] Scaled(Func<double, double> shape)
    {
        double[] values = [.. Enumerable.Range(0, MotifLength).Select(i => shape((i + 0.5) / MotifLength))];
        var root = Math.Sqrt(values.Average(value => value * value));
        return Array.ConvertAll(values, value => Amplitude * value / root);
    }
}
