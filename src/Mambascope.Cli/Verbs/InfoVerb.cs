using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Models;

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
        model.CompletionSources.Add([.. ModelSpecification.Shipped(), .. Presets.Names.Select(name => ModelSpecification.RandomPrefix + name)]);
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
        using var classifier = ModelOptions.Open(session, session.Arguments.GetValue(model) ?? ModelOptions.StandardVisionModel);
        if (session.Json)
        {
            session.WriteJson(Json(classifier));
            return;
        }

        var sizes = classifier.Model.Config;
        var facts = new TextTable("", "");
        facts.Add("model", classifier.Name);
        facts.Add("weights", classifier.WeightFile ?? "random");
        facts.Add("architecture", Architecture(sizes));
        facts.Add("parameters", Parameters(classifier).ToString("N0", CultureInfo.InvariantCulture));
        facts.Add("input", $"{sizes.ImageSize} x {sizes.ImageSize} pixels, {(sizes.Channels == 1 ? "grey-scale" : $"{sizes.Channels} channels")}, preprocessing: {classifier.PreprocessingSource}");
        facts.Add("patches", $"{sizes.GridSize} x {sizes.GridSize} of {sizes.PatchSize} x {sizes.PatchSize} pixels{(sizes.Stride == sizes.PatchSize ? "" : $", stride {sizes.Stride}")}");
        facts.Add("tokens", $"{sizes.Length}; the classifier reads {ReadsFrom(sizes)}");
        facts.Add("layers", $"{sizes.Depth} (0 to {sizes.Depth - 1}), width {sizes.Width}");
        facts.Add("mixer", $"{sizes.InnerWidth} channels (0 to {sizes.InnerWidth - 1}) with {sizes.StateSize} states, step size of rank {sizes.DtRank}, convolution over {sizes.ConvWidth} tokens");
        facts.Add("classes", $"{sizes.Classes}, {(classifier.Labels.Any ? $"{classifier.Labels[0]}, {(sizes.Classes > 1 ? classifier.Labels[1] : "")}{(sizes.Classes > 2 ? ", ..." : "")}" : "without labels")}");
        facts.Write(session.Out);
        session.Out.WriteLine();
        session.Out.WriteLine("It can be asked to explain a decision by");
        var methods = new TextTable("", "", "");
        foreach (var method in AttributionMethods.All)
        {
            methods.Add(method.Name, method.Description, string.Join(", ", Modes(method, sizes)));
        }

        methods.Write(session.Out, "  ");
        session.Out.WriteLine("and to show hidden attention matrices of every layer and channel (mambascope attention --help).");
    }

    private static JsonObject Json(ImageClassifier classifier)
    {
        var sizes = classifier.Model.Config;
        return new()
        {
            ["model"] = classifier.Name,
            ["weights"] = classifier.WeightFile,
            ["architecture"] = "vim",
            ["parameters"] = Parameters(classifier),
            ["image_size"] = sizes.ImageSize,
            ["channels"] = sizes.Channels,
            ["patch_size"] = sizes.PatchSize,
            ["stride"] = sizes.Stride,
            ["grid_size"] = sizes.GridSize,
            ["tokens"] = sizes.Length,
            ["class_token"] = sizes.ClassTokenIndex < 0 ? null : sizes.ClassTokenIndex,
            ["layers"] = sizes.Depth,
            ["width"] = sizes.Width,
            ["inner_width"] = sizes.InnerWidth,
            ["state_size"] = sizes.StateSize,
            ["dt_rank"] = sizes.DtRank,
            ["conv_width"] = sizes.ConvWidth,
            ["directions"] = 2,
            ["directions_halved"] = sizes.HalveDirections,
            ["classes"] = sizes.Classes,
            ["labels"] = classifier.Labels.Any ? new JsonArray([.. Enumerable.Range(0, sizes.Classes).Select(i => (JsonNode)classifier.Labels[i])]) : null,
            ["preprocessing"] = classifier.PreprocessingSource,
            ["methods"] = new JsonArray([.. AttributionMethods.All.Select(method => (JsonNode)new JsonObject
            {
                ["name"] = method.Name,
                ["description"] = method.Description,
                ["modes"] = new JsonArray([.. Modes(method, sizes).Select(mode => (JsonNode)mode)]),
                ["class_specific"] = method.IsClassSpecific,
            })]),
        };
    }

    private static string Architecture(VisionMambaConfig sizes)
        => $"Vision Mamba (Vim), bidirectional{(sizes.HalveDirections ? ", directions halved" : ", directions summed")}";

    private static string ReadsFrom(VisionMambaConfig sizes) => sizes.ClassToken switch
    {
        ClassTokenKind.Middle => $"the class token in the middle ({sizes.ClassTokenIndex})",
        ClassTokenKind.First => "the class token in front (0)",
        _ => "the mean of all",
    };

    private static long Parameters(ImageClassifier classifier) => classifier.Model.Weights.All.Sum(weight => (long)weight.Data.Length);

    // The released code's row vectors exist only where there is a class token.
    private static IEnumerable<string> Modes(AttributionMethod method, VisionMambaConfig sizes)
        => !method.HasModes ? [] : sizes.ClassTokenIndex < 0 ? ["exact", "paper"] : ["exact", "paper", "official"];
}
