using System.Text.Json.Nodes;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Evaluation.Results;

namespace Mambascope.Evaluation.Measures.Pictures;

/// <summary>Areas under the accuracy curves of one eraser, times 100.</summary>
/// <param name="Positive">The most relevant pixels first.</param>
/// <param name="Negative">The least relevant first.</param>
public sealed record ErasedAreas(double Positive, double Negative)
{
    /// <summary>
    /// Symmetric relevance gain (Blücher, Vielhaben and Strodthoff 2024): how much longer the answer stays when the least relevant pixels
    /// go first. What the eraser does to any picture is in both areas and cancels.
    /// </summary>
    internal double Gain => Negative - Positive;
}

/// <summary>One picture and one map under several erasers.</summary>
/// <param name="ByEraser">Areas by the name of the eraser.</param>
/// <param name="IsDegenerate">The map ranked nothing.</param>
public sealed record ErasersRecord(IReadOnlyDictionary<string, ErasedAreas> ByEraser, bool IsDegenerate);

/// <summary>
/// The perturbation test under several erasers beside each other. Each eraser leaves traces of its own (black silhouettes of what was
/// erased are objects too), so that one alone measures itself as well: methods are ranked only where all of them agree.
/// </summary>
/// <param name="protocol">How to erase; its eraser is not read, and its seed gives way to the run's.</param>
public sealed class ErasersMeasure(PerturbationProtocol protocol) : PictureMeasure<ErasersRecord>
{
    /// <summary>The erasers, by name.</summary>
    public static IReadOnlyList<string> Names { get; } = ["black", "mean", "blur", "road"];

    /// <inheritdoc/>
    public override string Name => "erasers";

    /// <inheritdoc/>
    public override string Description => "the perturbation test under several erasers: areas, symmetric relevance gain, agreement";

    /// <inheritdoc/>
    public override KnownFacts Needs => KnownFacts.Answers;

    /// <inheritdoc/>
    public override JsonObject Options => new()
    {
        ["direction"] = protocol.Direction.ToString().ToLowerInvariant(),
        ["fractions"] = new JsonArray([.. protocol.Fractions.Select(fraction => (JsonNode)fraction)]),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<MeasureFigure> Agreeing
        => [.. Names.Select(name => new MeasureFigure(
            $"gain_{name}", $"gain, {name}", IsHigherBetter: true,
            lines => GainFigure(name).Of(lines.Name, Records(lines)), line => Gain(line.As<ErasersRecord>(), name)))];

    /// <inheritdoc/>
    protected override string Title => "Perturbation under several erasers";

    /// <inheritdoc/>
    protected override string Note
        => $"Accuracy against the true label while pixels are {(IsInsertion ? "put back" : "erased")}, area under the curve from 0 to "
            + $"{100 * protocol.Fractions[^1]:0} % by the trapezoid rule, times 100, for each eraser: the most relevant pixels first "
            + "(positive) and the least relevant first (negative). Gain: symmetric relevance gain, "
            + (IsInsertion ? "positive minus negative" : "negative minus positive")
            + ", in which what the eraser does to any picture cancels. The ranking places one method before another only where every "
            + "eraser separates the two the same way. random, centre-gaussian, colour (distance from the mean colours) and oracle are "
            + "controls.";

    /// <inheritdoc/>
    protected override IReadOnlyList<MeanFigure<ErasersRecord>> Columns =>
    [
        new("gain", "gain, all erasers", isHigherBetter: true, record => Names.Average(name => Gain(record, name))) { Decimals = 1 },
        .. Names.SelectMany(name => (MeanFigure<ErasersRecord>[])
        [
            GainFigure(name),
            new($"positive_{name}", $"positive, {name}", isHigherBetter: null, record => record.ByEraser[name].Positive) { Decimals = 1 },
            new($"negative_{name}", $"negative, {name}", isHigherBetter: null, record => record.ByEraser[name].Negative) { Decimals = 1 },
        ]),
    ];

    private bool IsInsertion => protocol.Direction == PerturbationDirection.Insertion;

    /// <inheritdoc/>
    protected override Measuring<PictureCase, ErasersRecord> Begin(MeasuredModel model, int seed)
        => (picture, maps, workers, pool) =>
        {
            var subjects = Names.ToDictionary(name => name, name => new PixelPerturbation(
                picture.Model.Classifier(workers, pool),
                picture.Model.Preprocessing,
                protocol with { Eraser = Erasers.Find(name), Seed = seed }).Prepare(picture.Input, picture.Index, picture.Scores));
            return maps.Select(map => new ErasersRecord(
                subjects.ToDictionary(
                    subject => subject.Key,
                    subject => Areas(subject.Value.Measure(map.Map, picture.Explained, picture.Source.Label!.Value))),
                map.Map.Degenerate is not null));
        };

    /// <inheritdoc/>
    protected override int Degenerate(ErasersRecord record) => record.IsDegenerate ? 1 : 0;

    /// <summary>The measure with the given <see cref="Options"/>.</summary>
    internal static ErasersMeasure Of(MeasureOptions options) => new(new()
    {
        Direction = options.Text("direction") == "insertion" ? PerturbationDirection.Insertion : PerturbationDirection.Deletion,
        Fractions = options.Numbers("fractions"),
    });

    private MeanFigure<ErasersRecord> GainFigure(string name)
        => new($"gain_{name}", $"gain, {name}", isHigherBetter: null, record => Gain(record, name)) { Decimals = 1 };

    private double Gain(ErasersRecord record, string name) => record.ByEraser[name].Gain * (IsInsertion ? -1 : 1);

    private ErasedAreas Areas(PerturbationRecord record)
    {
        return new(Area(record.Positive), Area(record.Negative));

        double Area(PerturbationCurve curve) => PerturbationSummary.Area(PerturbationSummary.Hits(record, curve), protocol.Fractions);
    }
}
