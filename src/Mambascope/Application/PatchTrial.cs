using Mambascope.Evaluation.Perturbation;
using Mambascope.Inputs.Images;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Application;

/// <summary>What patches of a picture cause: the answers with and without them.</summary>
/// <param name="Before">All answers to the whole picture, by class.</param>
/// <param name="After">All answers to the picture without the patches, by class.</param>
/// <param name="Patches">The patches that were taken out, row by row from the top left.</param>
public sealed record PatchTrial(IReadOnlyList<Prediction> Before, IReadOnlyList<Prediction> After, IReadOnlyList<int> Patches)
{
    /// <summary>Asks the classifier twice.</summary>
    /// <param name="model">Who is asked.</param>
    /// <param name="subject">The picture.</param>
    /// <param name="patches">Patches to take out.</param>
    /// <param name="eraser">What stands in their place.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="BadInputException">There is no such patch.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static PatchTrial Run(
        ImageClassifier model, PictureSubject subject, IReadOnlyList<int> patches, Eraser eraser, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(patches);
        ArgumentNullException.ThrowIfNull(eraser);
        var input = subject.Input;
        var grid = model.Model.Grid;
        foreach (var patch in patches)
        {
            if (patch < 0 || patch >= grid.Count)
            {
                throw new BadInputException(
                    $"patch {patch} does not exist; {model.Name} cuts a picture into patches 0 to {grid.Count - 1}");
            }
        }

        var pixels = input.PixelValues.ToArray();
        int[] removed = [.. patches.SelectMany(patch => PixelsOf(grid, patch)).Distinct()];
        eraser.Prepare(new(input, model.Preprocessing), seed: 0).Erase(removed, pixels);
        return new(Answers(input), Answers(input with { PixelValues = pixels }), patches);

        IReadOnlyList<Prediction> Answers(PreprocessedImage picture)
        {
            using var run = model.Run<float>(picture, isRecording: false, cancellation);
            return run.Predictions;
        }
    }

    private static IEnumerable<int> PixelsOf(PatchGrid grid, int patch)
    {
        var (top, left) = (patch / grid.Columns * grid.Stride, patch % grid.Columns * grid.Stride);
        return Enumerable.Range(top, grid.PatchSize)
            .SelectMany(y => Enumerable.Range((y * grid.ImageWidth) + left, grid.PatchSize));
    }
}
