using System.Numerics;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>A way to explain a decision. One method, one file; <see cref="AttributionMethods"/> lists them.</summary>
public abstract class AttributionMethod
{
    /// <summary>Name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>Name over a picture.</summary>
    public virtual string Title => Name.Replace('-', ' ');

    /// <summary>One line: what the map shows.</summary>
    public abstract string Description { get; }

    /// <summary>
    /// The kinds of mixer it can explain: it answers for a model all of whose mixers are of one of these. Null: whatever mixes tokens.
    /// </summary>
    public virtual IReadOnlyList<MixerKind>? Explains => null;

    /// <summary>Kinds of mixer that may stand in the model too, in other layers or side by side with those it explains.</summary>
    public virtual IReadOnlyList<MixerKind> Beside => [];

    /// <summary>Whether it explains models that join tokens between stages; what defines it may end there.</summary>
    public virtual bool ExplainsStages => true;

    /// <summary>The options it reads; others change nothing.</summary>
    public virtual IReadOnlyList<AttributionOption> Options => [];

    /// <summary>Whether the method exists in the modes exact, paper and official.</summary>
    public bool HasModes => Options.Contains(AttributionOption.Mode);

    /// <summary>Whether the map depends on the class that is explained.</summary>
    public abstract bool IsClassSpecific { get; }

    /// <summary>Whether it can explain why one class rather than another; the rules of some know a single class only.</summary>
    public virtual bool ExplainsContrasts => true;

    /// <summary>Whether the method runs the model again, and so needs it beside the recorded run.</summary>
    public virtual bool RunsModel => false;

    /// <summary>
    /// Whether the map of a text can be computed piece by piece, so that memory does not grow with the text; see <see cref="LongText"/>.
    /// </summary>
    public virtual bool IsPiecewise => false;

    /// <summary>
    /// The form that the options ask for, where a method has several: a mode, or a variant other than the standard one; null otherwise.
    /// </summary>
    public virtual string? Form(AttributionOptions options) => HasModes ? options.Mode.ToString().ToLowerInvariant() : null;

    /// <summary>Options of every form in which it exists, the standard one first.</summary>
    public virtual IReadOnlyList<AttributionOptions> Forms
        => HasModes ? [.. Enum.GetValues<AttributionMode>().Select(mode => new AttributionOptions { Mode = mode })] : [new()];

    /// <summary>
    /// What a reader of its maps must know, in a few words: where our own tables (docs/evaluation.md) speak against it, because they are at
    /// noise level, or hardly depend on the weights. Null where there is nothing to warn of.
    /// </summary>
    /// <param name="options">How it explains.</param>
    /// <param name="reads">What the explained model reads.</param>
    public virtual string? Caution(AttributionOptions options, ModelInput reads) => null;

    /// <summary>Whether a map takes the time of many passes, so that it is made only where somebody asks for it.</summary>
    public virtual bool TakesManyPasses => RunsModel;

    /// <summary>METHOD, or METHOD.FORM where there are several forms: how files and tables name a map.</summary>
    public string NameOf(AttributionOptions options) => Form(options) is { } form ? $"{Name}.{form}" : Name;

    /// <summary>
    /// METHOD.FORM and every option that has another value than the standard and that the form does not tell:
    /// <c>attribution.exact+sign=absolute</c>. No two settings of a method are called the same.
    /// </summary>
    public string FullNameOf(AttributionOptions options)
    {
        var name = NameOf(options);
        return name + string.Concat(Options
            .Where(option => option.IsSet(options) && NameOf(option.Reset(options)) == name)
            .Select(option => $"+{option.Name}={option.Word(options)}"));
    }

    /// <summary>
    /// The method as it is for such a model: its words, forms and options may depend on what the model's layers are made of.
    /// </summary>
    public virtual AttributionMethod For(ModelShape model) => this;

    /// <summary>Whether it can explain such a model; known without a run.</summary>
    public bool CanExplain(ModelShape model) => WhyNot(model) is null;

    /// <summary>Why it cannot explain such a model, in words; null where it can.</summary>
    public virtual string? WhyNot(ModelShape model)
        => Explains is { } known && model.Kinds.Count > 0
            && (!model.Kinds.Any(known.Contains) || model.Kinds.Any(kind => !known.Contains(kind) && !Beside.Contains(kind)))
            ? $"method {Name} explains {ModelShape.InWords(known)}, this model has {model.Words}"
            : model.HasStages && !ExplainsStages ? $"method {Name} explains models without stages, and this model has some"
            : null;

    /// <summary>Refuses an option that has another value than the standard and that the method does not read.</summary>
    /// <exception cref="BadInputException">There is one.</exception>
    public void Check(AttributionOptions options)
        => Check(AttributionOption.All.Where(option => option.IsSet(options)).Select(option => option.Name));

    /// <summary>Refuses an option that was given and that the method does not read.</summary>
    /// <param name="given">Names or aliases of the options that were given, whatever their values.</param>
    /// <exception cref="BadInputException">There is one, or no option has the name.</exception>
    public void Check(IEnumerable<string> given)
    {
        foreach (var name in given)
        {
            var option = AttributionOption.Find(name)
                ?? throw new BadInputException($"there is no option {name}; methods read {Names(AttributionOption.All)}");
            if (!Options.Contains(option))
            {
                throw new BadInputException(Options.Count == 0
                    ? $"{Name} does not read {name}; it has no options"
                    : $"{Name} does not read {name}; it reads {Names(Options)}");
            }
        }
    }

    /// <summary>A map for every item of the run.</summary>
    /// <param name="decision">What is explained.</param>
    /// <param name="model">The model that made the run, for methods that run it again.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="cancellation">Stops the explanation, within the time of one layer's work.</param>
    /// <exception cref="BadInputException">An option that does not fit.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The run was disposed of.</exception>
    public IReadOnlyList<RelevanceMap<T>> Explain<T>(
        Decision<T> decision,
        IModel model,
        AttributionOptions options,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ObjectDisposedException.ThrowIf(decision.Trace.Tape.IsDisposed, decision.Trace);
        var run = new MethodRun<T>(decision, model, Read(options), cancellation, progress);
        run.Step(0, 1);
        var maps = Compute(run);
        run.Step(1, 1);
        return maps;
    }

    /// <summary>A map for every item of the run: the method itself.</summary>
    protected abstract IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>The map of a text as pieces make it, from the last to the first; for methods that are <see cref="IsPiecewise"/>.</summary>
    /// <param name="options">How.</param>
    /// <param name="seed">Adjoints of the scores behind the last token: what is explained.</param>
    internal virtual PiecewiseMap<T> InPieces<T>(AttributionOptions options, T[] seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => throw new InvalidOperationException($"{Name} needs a text as a whole");

    /// <summary>
    /// The map of a text as it is made while the model runs; null where the method, or what it is asked for, needs the run's end.
    /// </summary>
    /// <param name="model">What the model's layers are made of.</param>
    /// <param name="options">How.</param>
    /// <param name="token">The explained token.</param>
    /// <param name="length">Tokens of the text.</param>
    internal virtual RunningMap<T>? WhileRunning<T>(ModelShape model, AttributionOptions options, int token, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => null;

    /// <summary>What the method reads of the options; the others have their standard values.</summary>
    internal AttributionOptions Read(AttributionOptions options)
        => AttributionOption.All.Except(Options).Aggregate(options, (read, option) => option.Reset(read));

    private static string Names(IEnumerable<AttributionOption> options) => string.Join(", ", options.Select(option => option.Name));
}
