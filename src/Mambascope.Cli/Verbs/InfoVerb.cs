using System.CommandLine;
using Mambascope.Application;
using Mambascope.Models;

namespace Mambascope.Cli.Verbs;

/// <summary>What a model is, and what can be asked of it.</summary>
internal sealed class InfoVerb : Verb
{
    private readonly Argument<string?> model = new("MODEL")
    {
        Description =
            $"Folder, weight file, name of a shipped model, or random:PRESET[:SEED] [default: {ModelOptions.StandardVisionModel}]",
        HelpName = "MODEL",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly WeightOptions weights = new();

    internal InfoVerb() : base("info", "Architecture, sizes and parameters of a model, and what can be asked of it")
    {
        model.CompletionSources.Add([
            .. ModelSpecification.Shipped(),
            .. Presets.Names.Select(name => ModelSpecification.RandomPrefix + name),
        ]);
        Add(model);
        foreach (var option in weights.OfModel)
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope info demo-vim", "the model that ships with the program"),
        ("mambascope info vim_s_midclstok_80p5acc.pth", "a released checkpoint, as downloaded; sizes are inferred from its tensors"),
        ("mambascope info random:vim-small --json", "a published size with random weights, for a script"),
    ];

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        var name = session.Arguments.GetValue(model) ?? ModelOptions.StandardVisionModel;
        var description = Describe(session, name);
        if (session.Json)
        {
            session.WriteJson(DescriptionReport.Json(description));
        }
        else
        {
            DescriptionReport.Write(session.Out, description);
        }
    }

    // Shapes are enough: the weights of a preset are not drawn.
    private ModelDescription Describe(Session session, string name)
    {
        var reads = ModelInputs.Of(name);
        if (reads == ModelInput.Series)
        {
            using var series = ModelOptions.OpenSeries(session, name, isOutline: true, weights.Read(session));
            return ModelDescription.Of(series);
        }

        if (reads == ModelInput.Text)
        {
            using var language = ModelOptions.OpenText(session, name, isOutline: true, weights.Read(session));
            return ModelDescription.Of(language);
        }

        using var classifier = ModelOptions.Open(session, name, new() { IsOutline = true, Choices = weights.Read(session) });
        return ModelDescription.Of(classifier);
    }
}
