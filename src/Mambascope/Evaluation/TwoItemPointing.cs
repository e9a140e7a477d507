using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Evaluation.Datasets;
using Mambascope.Inputs.Images;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Evaluation;

/// <summary>How often the maximum of a method's maps lies where, over two-item scenes with each garment as target in turn.</summary>
/// <param name="Method">Method, and mode where it has modes; "random" for the control.</param>
/// <param name="OnTarget">Share on the garment of the explained class.</param>
/// <param name="OnOther">Share on the other garment.</param>
/// <param name="OnBackground">Share on neither.</param>
/// <param name="Degenerate">Maps that said nothing (constant); they count as background.</param>
public sealed record PointingResult(string Method, Bootstrap OnTarget, Bootstrap OnOther, Bootstrap OnBackground, int Degenerate);

/// <summary>
/// Does the map for class A lie on A? Scenes show two garments of different classes, not overlapping. Each class is explained in turn;
/// the map is upsampled to the picture and its maximum looked up in the two exact masks. A class-agnostic method gives the same map for
/// both targets, so at best it hits the target half of the time. Intervals resample whole scenes, since the two targets of a scene are
/// not independent.
/// </summary>
public static class TwoItemPointing
{
    /// <summary>Measures methods on the first <paramref name="count"/> two-item scenes.</summary>
    /// <param name="workers">Threads; scenes are shared among them, results do not depend on their number.</param>
    /// <param name="model">A model of the eight garment classes, in the order of <see cref="FashionScenes.ClassNames"/>.</param>
    /// <param name="preprocessing">How the model reads pictures.</param>
    /// <param name="scenes">The stream of scenes.</param>
    /// <param name="count">Scenes; each gives two maps a method.</param>
    /// <param name="methods">Methods with their options.</param>
    /// <param name="progress">Told the number of finished scenes.</param>
    /// <param name="cancellation">Stops between scenes.</param>
    public static IReadOnlyList<PointingResult> Measure(
        Workers workers, IVisionModel model, Preprocessing preprocessing, FashionScenes scenes, int count,
        IReadOnlyList<(AttributionMethod Method, AttributionOptions Options)> methods, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        if (model.Classes != FashionScenes.ClassNames.Count)
        {
            throw new BadInputException($"two-item scenes have {FashionScenes.ClassNames.Count} classes of garments, the model has {model.Classes}; use demo-vim or a model trained on fashion scenes");
        }

        // Per method (the last is the random control) and scene: maxima on target, on the other, on background; degenerate maps.
        var tallies = new int[methods.Count + 1, count, 4];
        var done = 0;
        using var alone = new Workers(1);
        workers.For(count, scene =>
        {
            cancellation.ThrowIfCancellationRequested();
            Tally(alone, model, preprocessing, scenes.TwoItem(scene), scene, methods, tallies);
            progress?.Report(Interlocked.Increment(ref done));
        });

        return [.. Enumerable.Range(0, methods.Count + 1).Select(m => Summary(m < methods.Count ? Name(methods[m]) : "random", m, count, tallies))];
    }

    private static void Tally(
        Workers workers, IVisionModel model, Preprocessing preprocessing, TwoItemScene scene, int index,
        IReadOnlyList<(AttributionMethod Method, AttributionOptions Options)> methods, int[,,] tallies)
    {
        var image = preprocessing.Apply(new RgbImage(FashionScenes.Size, FashionScenes.Size, scene.Pixels));
        var pixels = Activation<float>.Of(image.PixelValues, 1, image.ChannelCount * image.Height, image.Width);
        using var trace = model.Forward(new Tape<float>(workers, new BufferPool<float>(), isRecording: true), pixels);
        var random = new Random(index);
        foreach (var (target, own, other) in new[] { (scene.FirstLabel, scene.FirstMask, scene.SecondMask), (scene.SecondLabel, scene.SecondMask, scene.FirstMask) })
        {
            using var decision = new Decision<float>(trace, [target]);
            for (var m = 0; m <= methods.Count; m++)
            {
                var map = m < methods.Count
                    ? methods[m].Method.Explain(decision, model, methods[m].Options)[0]
                    : RelevanceMap<float>.Of([.. Enumerable.Range(0, model.Grid.Count).Select(_ => random.NextSingle())], model.Grid.Rows, model.Grid.Columns);
                if (map.Degenerate is not null)
                {
                    tallies[m, index, 2]++;
                    tallies[m, index, 3]++;
                    continue;
                }

                var at = ArgMax.Of(Upsampling.Bilinear(map.Values, map.Rows, map.Columns, FashionScenes.Size, FashionScenes.Size));
                tallies[m, index, own[at] != 0 ? 0 : other[at] != 0 ? 1 : 2]++;
            }
        }
    }

    private static PointingResult Summary(string name, int method, int count, int[,,] tallies)
    {
        return new(name, Share(0), Share(1), Share(2), Enumerable.Range(0, count).Sum(scene => tallies[method, scene, 3]));

        Bootstrap Share(int where) => Bootstrap.Of([.. Enumerable.Range(0, count).Select(scene => tallies[method, scene, where] / 2.0)]);
    }

    private static string Name((AttributionMethod Method, AttributionOptions Options) entry)
        => entry.Method.HasModes ? $"{entry.Method.Name} {entry.Options.Mode.ToString().ToLowerInvariant()}" : entry.Method.Name;
}
