using Mambascope.Application;
using Mambascope.Evaluation.SeriesDatasets;
using Mambascope.Explorer.Answers;
using Mambascope.Models;

namespace Mambascope.Explorer.Saving;

/// <summary>What a page holds of a series or a row of a table: the values with what the model said, and matrices of all layers.</summary>
internal static class SavedSeries
{
    /// <summary>Holds all of it.</summary>
    /// <param name="held">Where it goes.</param>
    /// <param name="model">The model.</param>
    /// <param name="subject">The case.</param>
    /// <param name="progress">Told what is being done.</param>
    internal static void Hold(Holdings held, SeriesModel model, SeriesSubject subject, IProgress<Step>? progress)
    {
        progress?.Report(new("running the model"));
        using var run = model.Run<float>(subject.Case);
        held.Keep("verdict", SeriesReply.Verdict(run, model, subject, Truth(model, subject)).File());
        new SavedLayers(run, subject, model.Model.Depth - 1, held, progress).HoldMeans();
    }

    // Sets with planted truth are made of a line of text; files have none.
    private static IReadOnlyList<int>? Truth(SeriesModel model, SeriesSubject subject)
        => Path.Exists(subject.Data.Path) ? null : SeriesDatasetSpecification.Open(subject.InFull, model).Read(0).Truth;
}
