using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Evaluation.Controls;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.SeriesDatasets;
using Mambascope.Inputs.Series;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Cases;

/// <summary>Series or rows of a table and the models that answer them.</summary>
public sealed class MeasurementCases : CaseSet
{
    private readonly ISeriesDataset data;
    private readonly IReadOnlyList<MeasurementModel> models;

    /// <summary>States data and models.</summary>
    /// <exception cref="BadInputException">A model reads something else.</exception>
    public MeasurementCases(ISeriesDataset data, IReadOnlyList<MeasurementModel> models)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(models);
        (this.data, this.models) = (data, models);
        foreach (var model in models)
        {
            var reads = model.Network.Format;
            if (reads.Kind != data.Format.Kind || reads.Values != data.Format.Values
                || reads.Variables.Count != data.Format.Variables.Count)
            {
                throw new BadInputException(
                    $"{model.Name} reads {SeriesFile.Listed(reads)}, and {data.Name} has {SeriesFile.Listed(data.Format)}");
            }
        }
    }

    /// <inheritdoc/>
    public override CaseKind Kind => CaseKind.Measurement;

    /// <inheritdoc/>
    public override string Name => data.Name;

    /// <inheritdoc/>
    public override int Count => data.Count;

    /// <inheritdoc/>
    public override KnownFacts Known
        => (data.HasLabels ? KnownFacts.Answers : KnownFacts.None) | (data.HasTruth ? KnownFacts.Truth : KnownFacts.None);

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredModel> Models => models;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredMethod> Controls(int seed)
        => [
            MeasuredMethod.Random(seed),
            MeasuredMethod.Given("most-varying", subject =>
            {
                var one = (MeasurementCase)subject;
                return MostVarying.Of(one.Values, one.Source.Case.Width, one.Spans, data.Format.Kind == SeriesKind.Steps);
            }),
            .. data.HasTruth ? [MeasuredMethod.Oracle] : Array.Empty<MeasuredMethod>(),
        ];

    /// <inheritdoc/>
    internal override string Id(int index) => $"{Kind.Name} {index}";

    /// <inheritdoc/>
    internal override CaseInput Read(int index)
    {
        var item = data.Read(index);
        return new(
            item.Id,
            [.. models.Select(_ => FingerprintOf(item))],
            (explained, workers, pool) => models.Select(model => Run(model, index, item, explained, workers, pool)));
    }

    private protected override string Lack(KnownFacts fact, string user)
        => fact switch
        {
            KnownFacts.Answers => $"has cases without labels, and {user} needs them; use --explain predicted",
            KnownFacts.Truth => $"does not say which steps matter, and {user} needs that; use planted truth ({MotifSet.Prefix}:500, "
                + $"{EcgSet.Prefix}:FILE.npz:500)",
            KnownFacts.Pairs => $"has no pairs of sentences, and {user} needs them",
            _ => $"are measurements, and {user} needs pictures of two objects",
        };

    private static string FingerprintOf(SeriesItem item)
    {
        using var print = new Fingerprint();
        return print
            .Add(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(item.Case.Values))
            .Add(item.Case.Width)
            .Add(item.Case.Label)
            .ToString();
    }

    private ExplainedRun Run(
        MeasurementModel model, int index, SeriesItem item, ExplainedClass explained, Workers workers, BufferPool<float> pool)
    {
        var one = item.Case;
        RunCost.Check<float>(
            model.Name, model.Network, model.Network.Tokens(one.Length), isRecorded: true, mayTry: true, what: "series");
        int? known = model.Network.Number is null && one.Label is { } label
            ? model.ClassOf(label, data.Classes, $"{item.Id} of {data.Name}")
            : null;
        var values = model.Network.Scale.Apply(one);
        var trace = model.Network.Forward(
            new Tape<float>(workers, pool, isRecording: true), Activation<float>.Of(values, 1, one.Length, one.Width));
        try
        {
            var scores = Finite(trace.Logits.Data.Row(0).ToArray(), model, item.Id);
            var prediction = ArgMax.Of(scores);
            var target = explained == ExplainedClass.True && model.Network.Number is null
                ? known ?? throw new BadInputException(
                    $"{item.Id} of {data.Name} has no label; expected one for every case, or --explain predicted")
                : prediction;
            return new(
                new MeasurementCase(index, item, model, scores, values, trace.InputSpans!, known, prediction, target), model.Network, trace,
                new Decision<float>(trace, [target]));
        }
        catch
        {
            trace.Dispose();
            throw;
        }
    }
}
