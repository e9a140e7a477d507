using System.CommandLine;
using Mambascope.Models;

namespace Mambascope.Cli;

/// <summary>Which model, and how it is fed: the options of every verb that runs one.</summary>
internal sealed class ModelOptions
{
    internal const string StandardVisionModel = "demo-vim";
    internal const string StandardLanguageModel = "demo-mamba";

    private readonly string standard;
    private readonly Option<string?> model;

    private readonly Option<string?> labels = OptionKinds.Text(
        "--labels", "FILE", "Labels of the classes in place of config.json's: one a line, or a JSON list or object");

    private readonly PreprocessingOptions preprocessing = new();
    private readonly WeightOptions weights = new();

    internal ModelOptions(
        Command verb, string standard = StandardVisionModel, bool readsText = false,
        string? standardText = StandardLanguageModel, bool seesPictures = true, bool readsSeries = false)
    {
        this.standard = standard;
        string[] presets =
        [
            .. seesPictures ? Presets.NamesFor(ModelInput.Pictures) : [],
            .. readsText ? Presets.NamesFor(ModelInput.Text) : [],
            .. readsSeries ? Presets.NamesFor(ModelInput.Series) : [],
        ];
        model = new Option<string?>("--model", "-m")
        {
            Description =
                $"Folder, weight file, shipped model, or random:PRESET[:SEED]{(readsText ? "[:FORMAT]" : "")} with PRESET in "
                    + string.Join(", ", presets)
                    + (readsText ? " and, for language models, FORMAT in f32, bf16, f16, q8_0, q4_k" : "")
                    + " [default: "
                    + (!seesPictures ? standardText
                        : readsText && standardText is not null ? $"{standard}; for text {standardText}"
                        : standard)
                    + "]",
            HelpName = "MODEL",
        };
        model.CompletionSources.Add([.. ModelSpecification.Shipped(), .. presets.Select(name => ModelSpecification.RandomPrefix + name)]);
        verb.Add(model);
        foreach (var option in readsText ? weights.All : weights.OfModel)
        {
            verb.Add(option);
        }

        if (seesPictures)
        {
            verb.Add(labels);
            foreach (var option in preprocessing.All)
            {
                verb.Add(option);
            }
        }
    }

    /// <summary>The model that was named; null for the standard one.</summary>
    internal string? Named(Session session) => session.Arguments.GetValue(model);

    /// <summary>Opens the model as one that reads text.</summary>
    /// <exception cref="UsageException">An option for pictures was given.</exception>
    internal TextModel OpenText(Session session)
    {
        foreach (var option in preprocessing.All.Prepend(labels))
        {
            if (session.Arguments.GetResult(option) is not null)
            {
                throw new UsageException($"{option.Name} is for pictures; a language model reads text");
            }
        }

        return OpenText(session, Named(session) ?? StandardLanguageModel, choices: weights.Read(session));
    }

    /// <summary>Opens a model by name as one that reads text.</summary>
    internal static TextModel OpenText(Session session, string name, bool isOutline = false, ModelChoices? choices = null)
        => Announced(
            session,
            session.Progress.During($"opening {name}", () => TextModel.Open(name, session.Threads, isOutline, choices)),
            isOutline);

    /// <summary>Opens the model as one that reads series.</summary>
    /// <exception cref="UsageException">An option for pictures was given.</exception>
    internal SeriesModel OpenSeries(Session session)
    {
        foreach (var option in preprocessing.All)
        {
            if (session.Arguments.GetResult(option) is not null)
            {
                throw new UsageException($"{option.Name} is for pictures; a model of series has its means and deviations in config.json");
            }
        }

        return OpenSeries(session, Named(session)!, choices: weights.Read(session), labels: session.Arguments.GetValue(labels));
    }

    /// <summary>Opens a model by name as one that reads series.</summary>
    internal static SeriesModel OpenSeries(
        Session session, string name, bool isOutline = false, ModelChoices? choices = null, string? labels = null)
        => Announced(
            session,
            session.Progress.During($"opening {name}", () => SeriesModel.Open(name, session.Threads, isOutline, choices, labels)),
            isOutline);

    /// <summary>Opens the model.</summary>
    internal ImageClassifier Open(Session session)
        => Open(
            session,
            session.Arguments.GetValue(model) ?? standard,
            preprocessing.Over(session, new() { LabelsFile = session.Arguments.GetValue(labels), Choices = weights.Read(session) }));

    /// <summary>Opens a model by name.</summary>
    internal static ImageClassifier Open(Session session, string name, ImageClassifierOptions? options = null)
        => Announced(
            session,
            session.Progress.During($"opening {name}", () =>
                ImageClassifier.Open(name, (options ?? new()) with { Threads = session.Threads })),
            options?.IsOutline == true);

    // What is described (an outline) says so itself.
    private static TModel Announced<TModel>(Session session, TModel model, bool isDescribed)
        where TModel : LoadedModel
    {
        if (!isDescribed)
        {
            WeightOptions.Announce(session, model);
        }

        return model;
    }
}
