using System.Numerics;
using Mambascope.Models;

namespace Mambascope.Attribution;

/// <summary>Explains a picture's classification in one call.</summary>
public static class ImageRunExplanations
{
    /// <summary>
    /// Relevance of every patch. For several methods on one run, state the decision once (<see cref="Decision{T}"/>) and ask
    /// <see cref="AttributionMethods"/>: gradients are then computed once.
    /// </summary>
    /// <param name="run">A recorded run.</param>
    /// <param name="method">Name of a method, see <see cref="AttributionMethods"/>.</param>
    /// <param name="target">Class to explain; null for the most likely one.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Stops the explanation.</param>
    /// <exception cref="BadInputException">No such method or class, or an option that does not fit.</exception>
    public static RelevanceMap<T> Explain<T>(
        this ImageRun<T> run,
        string method = "attribution",
        int? target = null,
        AttributionOptions? options = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var decision = new Decision<T>(run.Trace, target is { } index ? [index] : null);
        return AttributionMethods.Find(method, run.Classifier.Model.Shape).Explain(decision, run.Classifier.Model, options ?? new(), cancellation: cancellation)[0];
    }
}
