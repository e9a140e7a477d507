using System.CommandLine;
using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Cli.Evaluating;

/// <summary>Which models, methods and part of the data: what all inputs ask for alike.</summary>
internal sealed class RunOptions
{
    private readonly string standardModel;
    private readonly Func<ModelShape, IEnumerable<string>> standardMethods;
    private readonly Func<ModelShape, string>? because;
    private readonly List<string> notes = [];

    private readonly MethodOptions how = new();
    private readonly Option<int?> seed = OptionKinds.Whole("--seed", "N", "Seed of everything that is drawn [default: 0]", 0);
    private readonly Option<string?> shard = OptionKinds.Text(
        "--shard",
        "I/N",
        "Work on part I (from 0) of N only; auto/auto, or auto/N, takes them from a SLURM array's or a Kubernetes job's variables");

    /// <summary>The methods that measure best on a model's kind, where none is named (<see cref="StandardMethods"/>).</summary>
    /// <param name="standardModel">Where no model is named.</param>
    /// <param name="reads">What the models read.</param>
    internal RunOptions(string standardModel, ModelInput reads)
        : this(
            standardModel, shape => StandardMethods.For(shape, reads).Select(method => method.Name),
            $"what measures best on a kind of model: {StandardMethods.Listed(reads)}")
        => because = shape => StandardMethods.Because(shape, reads);

    /// <param name="standardModel">Where no model is named.</param>
    /// <param name="standardMethods">Where no method is named, for a model with such mixers.</param>
    /// <param name="standardInWords">The same for people.</param>
    internal RunOptions(string standardModel, Func<ModelShape, IEnumerable<string>> standardMethods, string standardInWords)
    {
        (this.standardModel, this.standardMethods) = (standardModel, standardMethods);
        Models = new("--model", "-m")
        {
            Description =
                "Model; repeat for several side by side: folder, weight file, shipped model, or random:PRESET[:SEED] [default: "
                    + $"{standardModel}]",
            HelpName = "MODEL",
        };
        Methods = new("--method")
        {
            Description =
                "Method, or METHOD.FORM such as rollout.paper, and +OPTION=VALUE behind it such as +start-layer=4; repeat for several. "
                    + "attribution means transformer-attribution for a transformer "
                    + $"[default: {standardInWords}]. Mamba: {MethodNames.Of(ModelShape.Of(MixerKind.Scan))}. Transformers: "
                    + $"{MethodNames.Of(ModelShape.Of(MixerKind.Softmax))}",
            HelpName = "METHOD[.FORM][+OPTION=VALUE]",
        };
        Models.CompletionSources.Add([.. ModelSpecification.Shipped()]);
        Methods.CompletionSources.Add([.. AttributionMethods.All.Select(method => method.Name).Distinct()]);
    }

    /// <summary>--model.</summary>
    internal Option<string[]> Models { get; }

    /// <summary>--method.</summary>
    internal Option<string[]> Methods { get; }

    /// <summary>Options of methods, for all that read them.</summary>
    internal IReadOnlyList<Option> OfMethods => how.OfManyRuns;

    /// <summary>--seed.</summary>
    internal Option<int?> Seed => seed;

    /// <summary>--shard.</summary>
    internal Option<string?> Shard => shard;

    /// <summary>The seed.</summary>
    internal int SeedOf(Session session) => session.Arguments.GetValue(seed) ?? 0;

    /// <summary>The part of the data and the number of parts.</summary>
    internal (int Index, int Count) ShardOf(Session session) => Part(session.Arguments.GetValue(shard));

    /// <summary>What is to be said beside the results: by which methods models were explained where none was named.</summary>
    internal IReadOnlyList<string> Notes => notes;

    /// <summary>How models are opened.</summary>
    internal ModelsOptions Opening { get; } = new();

    /// <summary>The models as they were named, or the standard one.</summary>
    internal IReadOnlyList<string> Named(Session session)
        => session.Arguments.GetValue(Models) is { Length: > 0 } given ? given : [standardModel];

    /// <summary>Opens all models; the caller disposes of them.</summary>
    /// <param name="session">The command line.</param>
    /// <param name="open">Opens one by its name.</param>
    /// <param name="name">What it is called in tables.</param>
    internal List<TModel> Open<TModel>(Session session, Func<string, TModel> open, Func<TModel, string> name)
        where TModel : IDisposable
    {
        var opened = new List<TModel>();
        try
        {
            foreach (var word in Named(session))
            {
                opened.Add(open(word));
                if (opened.Count(each => name(each) == name(opened[^1])) > 1)
                {
                    throw new UsageException(
                        $"--model {word}: two models are called {name(opened[^1])}; results would not tell them apart: rename a folder");
                }
            }

            return opened;
        }
        catch
        {
            opened.ForEach(model => model.Dispose());
            throw;
        }
    }

    /// <summary>
    /// The methods of one of the models, each once, though it may have been named twice (attribution is transformer-attribution to a
    /// transformer). One that explains another of them but not this is measured on the other.
    /// </summary>
    /// <param name="session">The command line.</param>
    /// <param name="name">What the model is called.</param>
    /// <param name="kinds">Its mixers.</param>
    /// <param name="all">The mixers of all models.</param>
    internal IEnumerable<(AttributionMethod Method, AttributionOptions Options)> MethodsOf(
        Session session, string name, ModelShape kinds, IReadOnlyList<ModelShape> all)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        if (because is not null && session.Arguments.GetValue(Methods) is not { Length: > 0 })
        {
            notes.Add($"{name} is explained by {because(kinds)}; name others with --method");
        }

        foreach (var method in WordsOf(session, kinds))
        {
            if (!MethodNames.Explains(method, kinds) && all.Any(other => MethodNames.Explains(method, other)))
            {
                session.Note($"{method} is not measured on {name}, which has {kinds.Words}");
                continue;
            }

            var (found, form) = MethodNames.WithForm(method, kinds);
            var options = how.Given(session, found, form);
            if (known.Add(found.FullNameOf(options)))
            {
                yield return (found, options);
            }
        }
    }

    /// <summary>Refuses an option that was given and that none of the methods of any of the models reads.</summary>
    /// <exception cref="UsageException">There is one.</exception>
    internal void RefuseUnread(Session session, IReadOnlyList<ModelShape> models)
        => UnreadOptions.Refuse(
            session,
            how.OfManyRuns,
            models.SelectMany(kinds => WordsOf(session, kinds)
                .Where(method => MethodNames.Explains(method, kinds))
                .Select(method => MethodNames.WithForm(method, kinds).Method)),
            models.SelectMany(AttributionMethods.For));

    private IEnumerable<string> WordsOf(Session session, ModelShape kinds)
        => (session.Arguments.GetValue(Methods) is { Length: > 0 } given ? given : standardMethods(kinds))
            .SelectMany(word => word.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Distinct(StringComparer.Ordinal);

    private static (int Index, int Count) Part(string? text)
        => text is null ? (0, 1) : ShardOption.Parse(text, Environment.GetEnvironmentVariable);
}
