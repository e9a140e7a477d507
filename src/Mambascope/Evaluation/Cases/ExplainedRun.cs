using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Evaluation.Cases;

/// <summary>A recorded run of a case, to be explained by any number of methods. Owns the run's memory.</summary>
public sealed class ExplainedRun : IDisposable
{
    private readonly IModel model;
    private readonly Trace<float> trace;
    private readonly Decision<float> decision;
    private readonly Decision<float>? contrast;

    /// <summary>Takes over a run.</summary>
    /// <param name="subject">The case.</param>
    /// <param name="model">The model that made the run.</param>
    /// <param name="trace">The recorded run.</param>
    /// <param name="decision">What is explained: <see cref="Case.Explained"/>.</param>
    /// <param name="contrast">The same against another answer, for methods that explain contrasts; null where there is no other.</param>
    public ExplainedRun(Case subject, IModel model, Trace<float> trace, Decision<float> decision, Decision<float>? contrast = null)
        => (Case, this.model, this.trace, this.decision, this.contrast) = (subject, model, trace, decision, contrast);

    /// <summary>The case.</summary>
    public Case Case { get; }

    /// <summary>The map of a method. One that does not explain contrasts is asked why the one answer.</summary>
    public RelevanceMap<float> Explain(AttributionMethod method, AttributionOptions options)
    {
        ArgumentNullException.ThrowIfNull(method);
        return method.Explain(method.ExplainsContrasts ? contrast ?? decision : decision, model, options)[0];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        contrast?.Dispose();
        decision.Dispose();
        trace.Dispose();
    }
}
