using Mambascope.Checkpoints;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Measures.Series;
using Mambascope.Evaluation.Measures.Texts;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Evaluation.Texts;

namespace Mambascope.Evaluation.Measures;

/// <summary>The measures by name, for all kinds of input: the one list of them.</summary>
public static class MeasureRegistry
{
    private static readonly Lock gate = new();

    // Replaced as a whole when a measure comes or goes, so that readers need no lock.
    private static volatile Entry[] entries =
    [
        new(new PerturbationMeasure(new()), PerturbationMeasure.Of),
        new(new ErasersMeasure(new()), ErasersMeasure.Of),
        new(new SegmentationMeasure(), _ => new SegmentationMeasure()),
        new(new LocalisationMeasure(), LocalisationMeasure.Of),
        new(new WeakSupervisionMeasure(MapThreshold.Mean), WeakSupervisionMeasure.Of),
        new(new FaithfulnessMeasure(new()), FaithfulnessMeasure.Of),
        new(new RobustnessMeasure(), RobustnessMeasure.Of),
        new(new ComplexityMeasure(), _ => new ComplexityMeasure()),
        new(new SanityMeasure(), SanityMeasure.Of),
        new(new AuditMeasure(), AuditMeasure.Of),
        new(new PointingMeasure(), PointingMeasure.Of),
        new(new PlantedMeasure(), _ => new PlantedMeasure()),
        new(new TextPerturbationMeasure(TokenRemoval.Zero), TextPerturbationMeasure.Of),
        new(new TextFaithfulnessMeasure(TokenRemoval.Drop), TextFaithfulnessMeasure.Of),
        new(new RationaleMeasure(RationaleMeasure.StandardShares), RationaleMeasure.Of),
        new(new MinimalPairMeasure(), _ => new MinimalPairMeasure()),
        new(new SeriesPlantedMeasure(), _ => new SeriesPlantedMeasure()),
        new(new SeriesPerturbationMeasure(SeriesSubstitute.Mean), SeriesPerturbationMeasure.Of),
    ];

    /// <summary>Every measure with its standard settings.</summary>
    public static IReadOnlyList<IMeasure> All => [.. entries.Select(entry => entry.Standard)];

    /// <summary>Names of the measures of one kind of input.</summary>
    public static IReadOnlyList<string> NamesOf(CaseKind kind)
        => [.. All.Where(measure => measure.Kind == kind).Select(measure => measure.Name)];

    /// <summary>A measure with its standard settings.</summary>
    /// <exception cref="BadInputException">There is no measure of that name.</exception>
    public static IMeasure Standard(string name) => Find(name).Standard;

    /// <summary>The measure that wrote a result file.</summary>
    /// <exception cref="BadInputException">There is no measure of that name, or its options are not what it writes.</exception>
    public static IMeasure Read(EvaluationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var entry = Find(settings.Measure);
        return entry.Standard.Kind == settings.Kind
            ? entry.Read(new(settings.Measure, settings.Options))
            : throw new BadInputException(
                $"the results of {settings.Measure} are of {settings.Kind.Plural}, expected {entry.Standard.Kind.Plural}; the file is "
                    + "damaged");
    }

    /// <summary>
    /// Adds a measure of one's own, so that its result files can be read back. Disposing of what is returned takes it out again.
    /// </summary>
    /// <param name="standard">The measure with its standard settings.</param>
    /// <param name="read">Makes it of the options that it wrote.</param>
    /// <exception cref="ArgumentException">There is a measure of that name.</exception>
    public static IDisposable Register(IMeasure standard, Func<MeasureOptions, IMeasure> read)
    {
        ArgumentNullException.ThrowIfNull(standard);
        ArgumentNullException.ThrowIfNull(read);
        var entry = new Entry(standard, read);
        lock (gate)
        {
            if (entries.Any(each => each.Standard.Name == standard.Name))
            {
                throw new ArgumentException($"There is a measure called {standard.Name} already", nameof(standard));
            }

            entries = [.. entries, entry];
        }

        return new Registration(entry);
    }

    private static Entry Find(string name)
        => entries.FirstOrDefault(entry => entry.Standard.Name == name)
            ?? throw new BadInputException(
                $"there is no measure called {Printable.Name(name)}; known are {string.Join(", ", All.Select(measure => measure.Name))}");

    private sealed record Entry(IMeasure Standard, Func<MeasureOptions, IMeasure> Read);

    private sealed class Registration(Entry entry) : IDisposable
    {
        public void Dispose()
        {
            lock (gate)
            {
                entries = [.. entries.Where(each => each != entry)];
            }
        }
    }
}
