using System.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>One run of a model on one input. Owns the memory of the run: dispose of it when the maps are made.</summary>
/// <typeparam name="T">float or double.</typeparam>
public abstract class Run<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private Prediction[]? predictions;

    private protected Run(Trace<T> trace) => Trace = trace;

    /// <summary>Who ran.</summary>
    public abstract LoadedModel Model { get; }

    /// <summary>Every quantity of the run; only the scores where it was not recorded.</summary>
    public Trace<T> Trace { get; }

    /// <summary>
    /// Where the answer is read: the class token, -1 for the mean of all tokens, or the token after which the next one is asked for.
    /// </summary>
    public abstract int Token { get; }

    /// <summary>The scores, one a class or token id.</summary>
    public abstract ReadOnlySpan<T> Scores { get; }

    /// <summary>All answers by index: classes, or tokens that may come next.</summary>
    public IReadOnlyList<Prediction> Predictions => predictions ??= Prediction.Of(Model, Scores);

    /// <summary>The most likely answers, most likely first.</summary>
    public IReadOnlyList<Prediction> Top(int count)
        => [.. Predictions.OrderByDescending(answer => answer.Score).ThenBy(answer => answer.Index).Take(count)];

    /// <summary>How likely one answer is.</summary>
    public Prediction Score(int index) => Predictions[index];

    /// <summary>Gives the memory of the run back to its model, for the next.</summary>
    public void Dispose()
    {
        Trace.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Refuses scores that are no numbers.</summary>
    /// <exception cref="BadInputException">Some are not finite.</exception>
    internal void RequireFinite() => _ = Predictions;
}
