using System.Globalization;
using Mambascope.Checkpoints;
using Mambascope.Inputs.Series;
using Mambascope.Inputs.Text;
using Mambascope.Models;

namespace Mambascope.Application;

/// <summary>What a model is, and what can be asked of it: all that a page or a report about it says.</summary>
/// <param name="Reads">What it reads.</param>
/// <param name="Facts">In the order in which they are shown.</param>
/// <param name="Methods">The methods it can be explained by.</param>
/// <param name="Matrices">Which attention matrices can be shown.</param>
public sealed record ModelDescription(
    ModelInput Reads, IReadOnlyList<Fact> Facts, IReadOnlyList<MethodDescription> Methods, string Matrices)
{
    /// <summary>Of a classifier of pictures.</summary>
    public static ModelDescription Of(ImageClassifier classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        var (model, grid, labels) = (classifier.Model, classifier.Model.Grid, classifier.Labels);
        var (facts, classes) = (model.Facts, classifier.Model.Classes);
        var tokens = grid.Count + (facts.ClassToken is null ? 0 : 1);
        var isOverlapping = grid.Stride != grid.PatchSize;
        return new(
            ModelInput.Pictures,
            [
                .. Origin(classifier),
                Parameters(WeightTotals.Of(model.AllWeights)),
                new(
                    "input",
                    $"{grid.ImageWidth} x {grid.ImageHeight} pixels, {(grid.Channels == 1 ? "grey-scale" : $"{grid.Channels} channels")}, "
                        + $"preprocessing: {classifier.Preprocessing.Words}",
                    Fact.Value("image_size", grid.ImageHeight),
                    Fact.Value("channels", grid.Channels)),
                new(
                    "patches",
                    $"{grid.Columns} x {grid.Rows} of {grid.PatchSize} x {grid.PatchSize} "
                        + $"pixels{(isOverlapping ? $", stride {grid.Stride}" : "")}",
                    Fact.Value("patch_size", grid.PatchSize),
                    Fact.Value("stride", grid.Stride),
                    Fact.Value("grid_size", grid.Rows)),
                new(
                    "tokens",
                    $"{tokens}; the classifier reads {Reading(facts.ClassToken)}",
                    Fact.Value("tokens", tokens),
                    Fact.Value("class_token", facts.ClassToken)),
                .. Layers(model),
                new(
                    "classes",
                    $"{classes}, {(labels.Any ? FirstOf(labels) : "without labels")}",
                    Fact.Value("classes", classes),
                    Fact.Value("labels", labels.Any ? Enumerable.Range(0, classes).Select(i => labels[i]).ToArray() : null)),
                Fact.ValueOnly("preprocessing", classifier.Preprocessing.Words),
            ],
            MethodDescription.For(model, ModelInput.Pictures),
            MatricesOf(facts));
    }

    private static Fact Predicts(PredictedNumber number) => new(
        "predicts",
        $"{number.Name}, a number; in the training cases {number.Words(number.Mean)} on average, standard deviation "
            + PredictedNumber.Words(number.Deviation, unit: null),
        Fact.Value("target", number.Name),
        Fact.Value("target_unit", number.Unit),
        Fact.Value("target_mean", number.Mean),
        Fact.Value("target_deviation", number.Deviation));

    /// <summary>Of a model of series or tables.</summary>
    public static ModelDescription Of(SeriesModel series)
    {
        ArgumentNullException.ThrowIfNull(series);
        var (model, labels) = (series.Model, series.Labels);
        var format = model.Format;
        var (isOfSteps, names) = (format.Kind == SeriesKind.Steps, format.Variables.Select(variable => variable.Title).ToArray());
        var listed = $"{string.Join(", ", names.Take(6))}{(names.Length > 6 ? ", ..." : "")}";
        return new(
            ModelInput.Series,
            [
                .. Origin(series),
                Parameters(WeightTotals.Of(model.AllWeights)),
                Fact.ValueOnly("reads", "series"),
                new(
                    "input",
                    isOfSteps
                        ? $"series of {names.Length} channel{(names.Length == 1 ? "" : "s")} ({listed}), "
                            + (model.LongestSeries is { } longest ? $"at most {longest} steps" : "of any length")
                        : $"rows of a table with {names.Length} columns ({listed})",
                    Fact.Value(isOfSteps ? "channels" : "columns", names),
                    Fact.Value("longest_series", model.LongestSeries)),
                new(
                    "tokens",
                    (!isOfSteps ? "one a column"
                        : model.PatchLength == 1 ? "one a time step"
                        : $"one every {model.PatchLength} steps") + "; "
                        + $"the head reads {(model.Settings["pooling"] is "last" ? "the last" : "the mean of all")}",
                    Fact.Value("patch_length", model.PatchLength),
                    Fact.Value("class_token", null)),
                .. Layers(model),
                model.Number is { } number ? Predicts(number) : new(
                    "classes",
                    $"{model.Classes}, {(labels.Any ? FirstOf(labels) : "without labels")}",
                    Fact.Value("classes", model.Classes),
                    Fact.Value("labels", labels.Any ? Enumerable.Range(0, model.Classes).Select(i => labels[i]).ToArray() : null)),
            ],
            MethodDescription.For(model, ModelInput.Series),
            MatricesOf(model.Facts));
    }

    /// <summary>Of a language model.</summary>
    public static ModelDescription Of(TextModel language)
    {
        ArgumentNullException.ThrowIfNull(language);
        var (model, facts, vocabulary) = (language.Model, language.Model.Facts, language.Model.VocabularySize);
        var weights = WeightTotals.Of(model.AllWeights);
        var megabytes = (weights.Bytes / 1e6).ToString(weights.Bytes < 10e6 ? "N1" : "N0", CultureInfo.InvariantCulture);
        return new(
            ModelInput.Text,
            [
                .. Origin(language),
                Parameters(weights),
                new(
                    "in memory",
                    $"{megabytes} MB, matrices as "
                        + $"{weights.Format}{(weights.IsQuantised ? $", {weights.BitsPerWeight:F1} bits a weight" : "")}",
                    Fact.Value("weight_format", weights.Format.ToString()),
                    Fact.Value("weight_bytes", weights.Bytes)),
                Fact.ValueOnly("reads", "text"),
                new(
                    "tokens",
                    $"{vocabulary.ToString("N0", CultureInfo.InvariantCulture)} (0 to {vocabulary - 1}); {Words(language)}",
                    Fact.Value("vocabulary_size", vocabulary),
                    Fact.Value("tokenizer", language.Tokenizer switch { null => null, ByteTokenizer => "bytes", _ => FileOf(language) })),
                .. Layers(model),
            ],
            MethodDescription.For(model, ModelInput.Text),
            MatricesOf(facts));
    }

    /// <summary>Which of several sets of weights was taken and how to take another; null where there is but one.</summary>
    internal static string? Choice(LoadedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.ChosenWeights is { } chosen
            ? $"set {chosen} is used; the file holds {string.Join(", ", model.OtherWeights)} as well: --weights NAME picks one"
            : null;
    }

    /// <summary>What was taken for granted and how to say it; null where nothing was.</summary>
    internal static string? Assumptions(LoadedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Assumed.Count == 0 ? null
            : $"{string.Join(", ", model.Assumed)}; give "
                + $"{(model.Assumed.Any(one => one.Key == "num_attention_heads") ? "--heads, " : "")}--config KEY=VALUE or a config.json";
    }

    private static Fact[] Origin(LoadedModel model)
    {
        var (name, weightFile) = (model.Name, model.WeightFile);
        return
        [
            new("model", name, Fact.Value("model", name)),
            new("weights", weightFile ?? "random", Fact.Value("weights", weightFile)),
            .. Choice(model) is { } choice
                ? [new Fact("", choice, Fact.Value("weight_set", model.ChosenWeights), Fact.Value("other_weight_sets", model.OtherWeights))]
                : Array.Empty<Fact>(),
            new("architecture", model.Model.Facts.Title),
            .. Assumptions(model) is { } assumed
                ? [new Fact("assumed", assumed, Fact.Value("assumed", model.Assumed.Select(one => one.ToString())))]
                : Array.Empty<Fact>(),
        ];
    }

    private static Fact Parameters(WeightTotals weights)
        => new("parameters", weights.Parameters.ToString("N0", CultureInfo.InvariantCulture), Fact.Value("parameters", weights.Parameters));

    private static IEnumerable<Fact> Layers(IModel model) =>
        [
            new(
                "layers",
                $"{model.Depth} (0 to {model.Depth - 1}), width {model.Facts.Width}",
                Fact.Value("layers", model.Depth),
                Fact.Value("width", model.Facts.Width)),
            Fact.ValueOnly("architecture", model.Facts.Name),
            .. model.Facts.Rows,
        ];

    private static string Reading(int? classToken) => classToken switch
    {
        null => "the mean of all",
        0 => "the class token in front (0)",
        var token => $"the class token in the middle ({token})",
    };

    private static string FirstOf(ClassLabels labels)
        => $"{labels[0]}, {(labels.Count > 1 ? labels[1] : "")}{(labels.Count > 2 ? ", ..." : "")}";

    private static string Words(TextModel language) => language.Tokenizer switch
    {
        null => "without a tokenizer, so it reads ids only",
        ByteTokenizer => "a token is a byte of UTF-8",
        SentencePieceTokenizer => $"SentencePiece BPE from {FileOf(language)}",
        _ => $"byte-level BPE from {FileOf(language)}",
    };

    private static string FileOf(TextModel language)
        => CheckpointPath.IsGgufName(language.WeightFile) ? "the GGUF file" : TextTokenizer.FileName;

    private static string MatricesOf(ModelFacts facts)
        => facts.Channels is null ? "attention matrices of every layer and head" : "hidden attention matrices of every layer and channel";
}
