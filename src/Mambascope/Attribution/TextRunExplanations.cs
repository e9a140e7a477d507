using System.Numerics;
using Mambascope.Models;

namespace Mambascope.Attribution;

/// <summary>Explains a prediction of the next token in one call.</summary>
public static class TextRunExplanations
{
    /// <summary>What is explained about a run: why the target comes next, or why it rather than another token.</summary>
    /// <param name="run">A recorded run.</param>
    /// <param name="target">Id of the next token to explain; null for the most likely one.</param>
    /// <param name="contrast">Id of the token that could have come instead; null for none.</param>
    public static Decision<T> Decision<T>(this TextRun<T> run, int? target = null, int? contrast = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new(run.Trace, target is { } id ? [id] : null, run.Position, contrast is { } other ? [other] : null);

    /// <summary>
    /// Relevance of every token. For several methods on one run, state the decision once (<see cref="Decision{T}(TextRun{T}, int?, int?)"/>)
    /// and ask <see cref="AttributionMethods"/>: gradients are then computed once.
    /// </summary>
    /// <param name="run">A recorded run.</param>
    /// <param name="method">Name of a method, see <see cref="AttributionMethods"/>.</param>
    /// <param name="target">Id of the next token to explain; null for the most likely one.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Stops the explanation.</param>
    /// <exception cref="BadInputException">No such method or token, or an option that does not fit.</exception>
    public static RelevanceMap<T> Explain<T>(
        this TextRun<T> run,
        string method = "attribution",
        int? target = null,
        AttributionOptions? options = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var decision = run.Decision(target);
        return AttributionMethods.Find(method, run.Model.Model.Shape).Explain(decision, run.Model.Model, options ?? new(), cancellation: cancellation)[0];
    }
}
