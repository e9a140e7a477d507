using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Texts;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Measures.Series;

/// <summary>What stands in the place of steps that are taken away.</summary>
public enum SeriesSubstitute
{
    /// <summary>The mean of the channel in the training data.</summary>
    Mean,

    /// <summary>Noise with the mean and deviation of the channel.</summary>
    Noise,

    /// <summary>The last value before it that is still there; the mean where there is none. Of series only.</summary>
    Previous,
}

/// <summary>What became of one answer in the order of one map.</summary>
/// <param name="Positive">
/// What is left of the answer at each of 0, 10 ... 100 % taken away, the most relevant first: probability of the explained class; of a
/// predicted number exp(-|change|), the change in standard deviations of the number.
/// </param>
/// <param name="Negative">The same, the least relevant first.</param>
/// <param name="PositiveRight">Whether the answer was the true one at each share, the most relevant first; null where that is not
/// known.</param>
/// <param name="NegativeRight">The same, the least relevant first.</param>
/// <param name="IsDegenerate">The map ranked nothing.</param>
public sealed record SeriesPerturbationRecord(
    double[] Positive, double[] Negative, bool[]? PositiveRight, bool[]? NegativeRight, bool IsDegenerate);

/// <summary>
/// The perturbation test on series and tables: tokens (steps with all channels, or columns) are taken away, the most relevant first and the
/// least relevant first, and the answer is followed.
/// </summary>
/// <param name="substitute">What stands in the place of what is taken away.</param>
public sealed class SeriesPerturbationMeasure(SeriesSubstitute substitute) : MeanMeasure<MeasurementCase, SeriesPerturbationRecord>
{
    /// <inheritdoc/>
    public override string Name => "series-perturbation";

    /// <inheritdoc/>
    public override string Description
        => "the answer while steps or columns are taken away, the most relevant first (positive) and last (negative)";

    /// <inheritdoc/>
    public override CaseKind Kind => CaseKind.Measurement;

    /// <inheritdoc/>
    public override JsonObject Options => new() { ["substitute"] = substitute.ToString().ToLowerInvariant() };

    /// <inheritdoc/>
    protected override string Title => "Perturbation of series";

    /// <inheritdoc/>
    protected override string Note
        => $"In place of what is taken away stands {Words(substitute)}, 10 % of the tokens at a time. Positive: area under the "
            + "probability of the explained class (of a predicted number exp(-|change|), in its standard deviations), the most relevant "
            + "first (lower is better); negative: the least relevant first (higher is better); accuracy: the same areas of the share of "
            + "right answers, where labels are known. random and most-varying (change from step to step; of a table the distance "
            + "from the mean) are controls.";

    /// <inheritdoc/>
    protected override IReadOnlyList<MeanFigure<SeriesPerturbationRecord>> Columns { get; } =
    [
        new(
            "gap", "negative - positive", isHigherBetter: true,
            record => TextSteps.Area(record.Negative) - TextSteps.Area(record.Positive)),
        new("positive_auc", "positive", isHigherBetter: false, record => TextSteps.Area(record.Positive)),
        new("negative_auc", "negative", isHigherBetter: true, record => TextSteps.Area(record.Negative)),
        new("positive_accuracy", "positive, accuracy", isHigherBetter: null, record => Accuracy(record.PositiveRight!))
        {
            Where = IsLabelled,
        },
        new("negative_accuracy", "negative, accuracy", isHigherBetter: null, record => Accuracy(record.NegativeRight!))
        {
            Where = IsLabelled,
        },
        new("accuracy", "accuracy", isHigherBetter: null, record => record.PositiveRight![0] ? 1 : 0)
        {
            IsShare = true,
            Decimals = 1,
            Where = IsLabelled,
        },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<MeasureCurves> Curves(IReadOnlyList<MethodLines> methods)
        =>
        [
            Chart("positive", "Most relevant first", record => record.Positive, methods),
            Chart("negative", "Least relevant first", record => record.Negative, methods),
        ];

    /// <summary>The measure with the given <see cref="Options"/>.</summary>
    internal static SeriesPerturbationMeasure Of(MeasureOptions options)
        => new(Enum.TryParse<SeriesSubstitute>(options.Text("substitute"), ignoreCase: true, out var found)
            ? found
            : throw new BadInputException($"series-perturbation: there is no substitute {Printable.Name(options.Text("substitute"))}"));

    /// <inheritdoc/>
    protected override Measuring<MeasurementCase, SeriesPerturbationRecord> Begin(MeasuredModel model, int seed)
        => (one, maps, workers, pool) => maps.Select(map => Of(one, map.Map, seed, workers, pool));

    /// <inheritdoc/>
    protected override int Degenerate(SeriesPerturbationRecord record) => record.IsDegenerate ? 1 : 0;

    private SeriesPerturbationRecord Of(MeasurementCase one, RelevanceMap<float> map, int seed, Workers workers, BufferPool<float> pool)
    {
        var (falling, rising) = (ValueOrder.Descending(map.Values), ValueOrder.Ascending(map.Values));
        var width = one.Source.Case.Width;
        var variants = Activation<float>.Zeros(2 * TextSteps.Count, one.Values.Length / width, width);
        for (var step = 1; step <= TextSteps.Count; step++)
        {
            var count = TextSteps.Tokens(step, falling.Length);
            Without(one, falling.AsSpan(0, count), seed).CopyTo(variants.Item(step - 1).Extent);
            Without(one, rising.AsSpan(0, count), seed).CopyTo(variants.Item(TextSteps.Count + step - 1).Extent);
        }

        using var tape = new Tape<float>(workers, pool, isRecording: false);
        var logits = one.Model.Network.Forward(tape, variants).Logits.Data;
        float[][] answers = [one.Scores, .. Enumerable.Range(0, logits.Batch).Select(item => logits.Row(item, 0).ToArray())];
        float[][] negative = [one.Scores, .. answers[(TextSteps.Count + 1)..]];
        var positive = answers[..(TextSteps.Count + 1)];
        return new(
            Left(one, positive), Left(one, negative),
            Right(positive, one.Class), Right(negative, one.Class), map.Degenerate is not null);
    }

    private float[] Without(MeasurementCase one, ReadOnlySpan<int> tokens, int seed)
    {
        var (values, width) = (one.Values.ToArray(), one.Source.Case.Width);
        var isGone = new bool[values.Length / width];
        foreach (var token in tokens)
        {
            isGone.AsSpan(one.Spans[token].First, one.Spans[token].Count).Fill(true);
        }

        // The same noise at a place, whatever else is taken away.
        var random = new Random(StableSeed.Of(seed, one.Index));
        float[] noise = substitute == SeriesSubstitute.Noise ? [.. values.Select(_ => (float)NormalDistribution.Draw(random))] : [];
        for (var row = 0; row < isGone.Length; row++)
        {
            var here = values.AsSpan(row * width, width);
            if (!isGone[row])
            {
                continue;
            }

            switch (substitute)
            {
                case SeriesSubstitute.Noise:
                    noise.AsSpan(row * width, width).CopyTo(here);
                    break;
                case SeriesSubstitute.Previous when row > 0:
                    values.AsSpan((row - 1) * width, width).CopyTo(here); // which is that of the last row that is there
                    break;
                default:
                    here.Clear();
                    break;
            }
        }

        return values;
    }

    private static double[] Left(MeasurementCase one, float[][] scores)
        => Array.ConvertAll(
            scores,
            row => one.Model.Network.Number is null
                ? Logits.Probability<float>(row, one.Explained)
                : Math.Exp(-Math.Abs((double)row[0] - one.Scores[0])));

    private static bool[]? Right(float[][] scores, int? known)
        => known is { } right ? Array.ConvertAll(scores, row => ArgMax.Of(row) == right) : null;

    private static double Accuracy(bool[] isRight) => TextSteps.Area(Array.ConvertAll(isRight, right => right ? 1.0 : 0));

    private static bool IsLabelled(SeriesPerturbationRecord record) => record.PositiveRight is not null;

    private static MeasureCurves Chart(
        string key, string title, Func<SeriesPerturbationRecord, double[]> curve, IReadOnlyList<MethodLines> methods)
        => Texts.TextCurves.Of(
            key, title, "taken away, %", "what is left of the answer", methods, lines => [.. Records(lines).Select(curve)]);

    private static string Words(SeriesSubstitute substitute) => substitute switch
    {
        SeriesSubstitute.Noise => "noise with the channel's mean and deviation",
        SeriesSubstitute.Previous => "the value before it",
        _ => "the channel's mean",
    };
}
