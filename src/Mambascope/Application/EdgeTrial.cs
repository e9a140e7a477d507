using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Models;

namespace Mambascope.Application;

/// <summary>What edges of a text cause: what comes next with all of them, and without those that were cut.</summary>
/// <param name="Before">All tokens that may come next, by id.</param>
/// <param name="After">The same with the edges cut.</param>
public sealed record EdgeTrial(IReadOnlyList<Prediction> Before, IReadOnlyList<Prediction> After)
{
    /// <summary>Runs the text twice.</summary>
    /// <param name="model">Who reads.</param>
    /// <param name="subject">The text.</param>
    /// <param name="cuts">The edges, cut all at once.</param>
    /// <param name="position">Token after which the next one is asked for; null for the last.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="BadInputException">A token, layer or position does not exist.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static EdgeTrial Run<T>(
        TextModel model, TextSubject subject, IReadOnlyList<Knockout> cuts, int? position = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(subject);
        if (position >= subject.Length)
        {
            throw new BadInputException($"position {position} does not exist; the text has tokens 0 to {subject.Length - 1}");
        }

        var text = TokenBatch.Of([.. subject.Read.Ids.Take((position ?? (subject.Length - 1)) + 1)]);
        return new(Answers(null), Answers(cuts));

        IReadOnlyList<Prediction> Answers(IReadOnlyList<Knockout>? knockouts)
        {
            using var trace = model.Model.Forward(
                model.NewTape<T>(isRecording: false, cancellation), text, ScorePositions.Last, knockouts);
            return Prediction.Of<T>(model, trace.Logits.Data.Row(0));
        }
    }
}
