using System.Globalization;
using Mambascope.Application;
using Mambascope.Attention;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Explorer.Answers;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Explorer.Saving;

/// <summary>
/// What a page holds of a picture: what the model said, maps with every mask of them, curves, rows and matrices of all layers.
/// </summary>
internal static class SavedPicture
{
    private const int Side = 1024; // of the original: more than a screen shows of it
    private const int Masks = 20; // places of the page's slider

    /// <summary>Holds all of it.</summary>
    /// <param name="held">Where it goes.</param>
    /// <param name="model">The model.</param>
    /// <param name="subject">The picture.</param>
    /// <param name="maps">The maps.</param>
    /// <param name="target">The explained class.</param>
    /// <param name="progress">Told what is being done.</param>
    internal static void Hold(
        Holdings held, ImageClassifier model, PictureSubject subject, IReadOnlyList<SavedMap> maps, int target, IProgress<Step>? progress)
    {
        progress?.Report(new("running the model"));
        using var run = model.Run<float>(subject.Input);
        held.Keep("verdict", PageJson.Bytes(PictureReply.Verdict(run, subject.Input)));
        held.Keep("input", PictureReply.Png(subject.Input.Image, Side), isPacked: true);
        held.Keep("picture", PictureReply.Png(subject.Original ?? subject.Input.Image, Side), isPacked: true);
        AttentionView[] views = model.Model.Shape.Has(MixerKind.Scan) ? [AttentionView.S6, AttentionView.Block] : [AttentionView.S6];
        foreach (var view in views)
        {
            held.Keep(
                Holdings.Question("layers", ("view", view.ToString().ToLowerInvariant())),
                MatrixReply.Of(LayerStrip.Of(run, token: null, view, progress)).File());
        }

        HoldMasks(held, subject, maps);
        var curves = DeletionCurves.Of(model, subject, [.. maps.Select(map => map.Map)], target, progress: progress);
        foreach (var (map, curve) in maps.Zip(curves))
        {
            held.Keep(Holdings.Question("deletion", ("method", map.Name)), PageJson.Bytes(curve));
        }

        var layers = new SavedLayers(run, subject, (int)(model.Model.Depth * 0.7), held, progress);
        layers.HoldMeans();
        layers.HoldUnits();
    }

    private static void HoldMasks(Holdings held, PictureSubject subject, IReadOnlyList<SavedMap> maps)
    {
        var image = subject.Input.Image;
        foreach (var map in maps)
        {
            for (var i = 0; i < Masks; i++)
            {
                var threshold = (i / (double)Masks).ToString("0.00", CultureInfo.InvariantCulture);
                held.Offer(
                    "masks",
                    Holdings.Question("mask", ("method", map.Name), ("threshold", threshold)),
                    image.Width * image.Height / 50, // masks are easily packed
                    () => PictureReply.Mask(map.Map, image, threshold, BoxRule.All).File());
            }
        }
    }
}
