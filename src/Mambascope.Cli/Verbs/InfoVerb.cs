using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Cli.Texts;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Cli.Verbs;

/// <summary>What a model is, and what can be asked of it.</summary>
internal sealed class InfoVerb : Verb
{
    private readonly Argument<string?> model = new("MODEL")
    {
        Description = $"Folder, weight file, name of a shipped model, or random:PRESET[:SEED] [default: {ModelOptions.StandardVisionModel}]",
        HelpName = "MODEL",
        Arity = ArgumentArity.ZeroOrOne,
    };

    internal InfoVerb() : base("info", "Architecture, sizes and parameters of a model, and what can be asked of it")
    {
        model.CompletionSources.Add([.. ModelSpecification.Shipped(), .. Presets.Names.Concat(LanguagePresets.Names).Select(name => ModelSpecification.RandomPrefix + name)]);
        Add(model);
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
        if (ModelInputs.Of(name) == ModelInput.Text)
        {
            Describe(session, name);
            return;
        }

        using var classifier = ModelOptions.Open(session, name);
        if (session.Json)
        {
            session.WriteJson(Json(classifier));
            return;
        }

        var sizes = classifier.Model;
        var grid = sizes.Grid;
        var facts = new TextTable("", "");
        facts.Add("model", classifier.Name);
        facts.Add("weights", classifier.WeightFile ?? "random");
        facts.Add("architecture", ModelFacts.Architecture(sizes));
        facts.Add("parameters", Parameters(classifier).ToString("N0", CultureInfo.InvariantCulture));
        facts.Add("input", $"{grid.ImageWidth} x {grid.ImageHeight} pixels, {(grid.Channels == 1 ? "grey-scale" : $"{grid.Channels} channels")}, preprocessing: {classifier.PreprocessingSource}");
        facts.Add("patches", $"{grid.Columns} x {grid.Rows} of {grid.PatchSize} x {grid.PatchSize} pixels{(grid.Stride == grid.PatchSize ? "" : $", stride {grid.Stride}")}");
        facts.Add("tokens", $"{ModelFacts.Tokens(sizes)}; the classifier reads {ModelFacts.ReadsFrom(sizes)}");
        facts.Add("layers", $"{sizes.Depth} (0 to {sizes.Depth - 1}), width {ModelFacts.Width(sizes)}");
        facts.Add("mixer", ModelFacts.Mixer(sizes));
        facts.Add("classes", $"{sizes.Classes}, {(classifier.Labels.Any ? $"{classifier.Labels[0]}, {(sizes.Classes > 1 ? classifier.Labels[1] : "")}{(sizes.Classes > 2 ? ", ..." : "")}" : "without labels")}");
        facts.Write(session.Out);
        session.Out.WriteLine();
        session.Out.WriteLine("It can be asked to explain a decision by");
        var methods = new TextTable("", "", "");
        foreach (var method in AttributionMethods.For(sizes.Shape))
        {
            methods.Add(method.Name, method.Description, string.Join(", ", Modes(method, sizes)));
        }

        methods.Write(session.Out, "  ");
        session.Out.WriteLine($"and to show {(sizes.Shape.IsOnly(MixerKind.Scan) ? "hidden attention matrices of every layer and channel" : "attention matrices of every layer and head")} (mambascope attention --help).");
    }

    private static void Describe(Session session, string name)
    {
        using var language = ModelOptions.OpenText(session, name);
        if (session.Json)
        {
            session.WriteJson(LanguageFacts.Json(language));
        }
        else
        {
            LanguageFacts.Write(session.Out, language);
        }
    }

    private static JsonObject Json(ImageClassifier classifier)
    {
        var sizes = classifier.Model;
        var result = new JsonObject
        {
            ["model"] = classifier.Name,
            ["weights"] = classifier.WeightFile,
            ["parameters"] = Parameters(classifier),
            ["image_size"] = sizes.Grid.ImageHeight,
            ["channels"] = sizes.Grid.Channels,
            ["patch_size"] = sizes.Grid.PatchSize,
            ["stride"] = sizes.Grid.Stride,
            ["grid_size"] = sizes.Grid.Rows,
            ["tokens"] = ModelFacts.Tokens(sizes),
            ["class_token"] = ModelFacts.ClassToken(sizes),
            ["layers"] = sizes.Depth,
            ["width"] = ModelFacts.Width(sizes),
        };
        foreach (var (name, value) in ModelFacts.Json(sizes))
        {
            result[name] = value;
        }

        result["classes"] = sizes.Classes;
        result["labels"] = classifier.Labels.Any ? new JsonArray([.. Enumerable.Range(0, sizes.Classes).Select(i => (JsonNode)classifier.Labels[i])]) : null;
        result["preprocessing"] = classifier.PreprocessingSource;
        result["methods"] = new JsonArray([.. AttributionMethods.For(sizes.Shape).Select(method => (JsonNode)new JsonObject
        {
            ["name"] = method.Name,
            ["description"] = method.Description,
            ["modes"] = new JsonArray([.. Modes(method, sizes).Select(mode => (JsonNode)mode)]),
            ["class_specific"] = method.IsClassSpecific,
        })]);
        return result;
    }

    private static long Parameters(ImageClassifier classifier) => classifier.Model.AllWeights.Sum(weight => (long)weight.Count);

    // The released code's row vectors exist only where there is a class token.
    private static IEnumerable<string> Modes(AttributionMethod method, IVisionModel model)
        => !method.HasModes ? [] : ModelFacts.ClassToken(model) is null ? ["exact", "paper"] : ["exact", "paper", "official"];
}
