using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>One explanation under way: what is explained, how, and who may stop it or wants to know how far it is.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class MethodRun<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly IProgress<double>? progress;

    internal MethodRun(
        Decision<T> decision, IModel model, AttributionOptions options, CancellationToken cancellation, IProgress<double>? progress)
    {
        (Decision, Model, Options, Cancellation) = (decision, model, options, cancellation);
        this.progress = progress;
    }

    /// <summary>What is explained.</summary>
    public Decision<T> Decision { get; }

    /// <summary>The model that made the run, for methods that run it again.</summary>
    public IModel Model { get; }

    /// <summary>How; what the method does not read has its standard value.</summary>
    public AttributionOptions Options { get; }

    /// <summary>Stops the explanation.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>The run that is explained.</summary>
    public Trace<T> Trace => Decision.Trace;

    /// <summary>Adjoints of the score at the tokens and at what each block explains, computed once for all methods.</summary>
    public Replay<T> Gradients => Decision.GradientsUntil(Cancellation);

    /// <summary>
    /// The same at what each block of the layers that take part explains (<see cref="AttributionOptions.StartLayer"/>); no others need be
    /// known, and not those at the tokens.
    /// </summary>
    internal Replay<T> GradientsOfLayers => Decision.GradientsSince(LayerChoice.Of(Trace.Layers, Options)[0], Cancellation);

    /// <summary>Says that some of the steps are done, and stops where that is wished.</summary>
    /// <param name="done">Steps done.</param>
    /// <param name="all">All steps.</param>
    /// <exception cref="OperationCanceledException">The explanation was stopped.</exception>
    public void Step(int done, int all)
    {
        Cancellation.ThrowIfCancellationRequested();
        progress?.Report(done / (double)all);
    }

    /// <summary>A replay from the explained scores, by gradient or by relevance rules. The caller disposes of it.</summary>
    public Replay<T> Backward(IReadOnlyCollection<Value<T>> wanted, RuleSet<T>? rules) => Decision.Backward(wanted, rules, Cancellation);

    /// <summary>A tape that records another run of the model; the caller disposes of it.</summary>
    public Tape<T> NewTape() => new(Trace.Tape.Workers, Trace.Tape.Pool, isRecording: true, Cancellation);

    /// <summary>The same explanation on a run in double precision.</summary>
    internal MethodRun<double> InDouble() => new(Decision.InDouble(Model, Cancellation), Model, Options, Cancellation, progress);
}
