using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Controls;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Models;

namespace Mambascope.Application;

/// <summary>
/// How fast one picture's answer goes when pixels are erased, the most relevant first, and the least relevant first; random maps beside it
/// say what erasing does by itself.
/// </summary>
/// <param name="Fractions">Shares of the pixels that are gone, from 0.</param>
/// <param name="MostFirst">Probability of the explained class, the most relevant pixels first.</param>
/// <param name="LeastFirst">The same, the least relevant pixels first.</param>
/// <param name="Random">The same, mean over random orders of patches.</param>
public sealed record DeletionCurves(
    IReadOnlyList<double> Fractions, IReadOnlyList<double> MostFirst, IReadOnlyList<double> LeastFirst, IReadOnlyList<double> Random)
{
    /// <summary>Erases and asks.</summary>
    /// <param name="model">Who is asked.</param>
    /// <param name="subject">The picture.</param>
    /// <param name="map">The map that says in which order.</param>
    /// <param name="explained">The class whose probability is watched.</param>
    /// <param name="controls">How many random orders are taken.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Stops the work between two orders.</param>
    public static DeletionCurves Of(
        ImageClassifier model, PictureSubject subject, RelevanceMap<float> map, int explained, int controls = 3,
        IProgress<Step>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Of(model, subject, [map], explained, controls, progress, cancellation)[0];
    }

    /// <summary>The same for several maps of one picture, which share the random orders.</summary>
    /// <param name="model">Who is asked.</param>
    /// <param name="subject">The picture.</param>
    /// <param name="maps">The maps that say in which order.</param>
    /// <param name="explained">The class whose probability is watched.</param>
    /// <param name="controls">How many random orders are taken.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Stops the work between two orders.</param>
    public static IReadOnlyList<DeletionCurves> Of(
        ImageClassifier model, PictureSubject subject, IReadOnlyList<RelevanceMap<float>> maps, int explained, int controls = 3,
        IProgress<Step>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(maps);
        var (tested, grid) = (new PictureModel(new("", ""), model.Model, model.Preprocessing), model.Model.Grid);
        var perturbation = new PixelPerturbation(tested.Classifier(model.Workers, model.Pool<float>()), model.Preprocessing);
        var picture = perturbation.Prepare(subject.Input, unit: 0);
        PerturbationRecord[] records = [.. maps.Select(Measure)];
        var random = Enumerable.Range(0, controls)
            .Select(unit => Measure(RandomMap.Of(grid.Rows, grid.Columns, seed: 0, unit), maps.Count + unit).Positive.Probabilities)
            .ToArray();
        double[] fractions = [0, .. perturbation.Protocol.Fractions];
        double[] chance = [.. fractions.Select((_, i) => random.Average(curve => curve[i]))];
        return
        [
            .. records.Select(record => new DeletionCurves(
                fractions, record.Positive.Probabilities, record.Negative.Probabilities, chance)),
        ];

        PerturbationRecord Measure(RelevanceMap<float> order, int done)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(Step.Of("erasing pixels", done, maps.Count + controls, " orders"));
            return picture.Measure(order, explained, label: explained);
        }
    }
}
