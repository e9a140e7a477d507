using System.Numerics;
using Mambascope.Models;

namespace Mambascope.Attribution;

/// <summary>Explains the answer of a model in one call.</summary>
public static class RunExplanations
{
    /// <summary>What is explained about a run: why this answer, or why it rather than another.</summary>
    /// <param name="run">A recorded run.</param>
    /// <param name="target">Class or token id to explain; null for the most likely one.</param>
    /// <param name="contrast">Class or token id that could have been the answer instead; null for none.</param>
    /// <param name="token">Token whose view of the input is explained; null for the one where the answer is read.</param>
    /// <exception cref="BadInputException">No such class or token.</exception>
    public static Decision<T> Decision<T>(this Run<T> run, int? target = null, int? contrast = null, int? token = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new(run.Trace, target is { } id ? [id] : null, token ?? run.Token, contrast is { } other ? [other] : null);

    /// <summary>
    /// Relevance of every patch or token. For several methods on one run, state the decision once
    /// (<see cref="Decision{T}(Run{T}, int?, int?, int?)"/>) and ask <see cref="AttributionMethods"/>: gradients are then computed once.
    /// </summary>
    /// <param name="run">A recorded run.</param>
    /// <param name="method">Name of a method, see <see cref="AttributionMethods"/>.</param>
    /// <param name="target">Class or token id to explain; null for the most likely one.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Stops the explanation.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <exception cref="BadInputException">No such method, class or token, or an option that does not fit.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The run was disposed of.</exception>
    public static RelevanceMap<T> Explain<T>(
        this Run<T> run,
        string method = "attribution",
        int? target = null,
        AttributionOptions? options = null,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var decision = run.Decision(target);
        return AttributionMethods
            .Find(method, run.Model.Model.Shape)
            .Explain(decision, run.Model.Model, options ?? new(), progress, cancellation)[0];
    }
}
