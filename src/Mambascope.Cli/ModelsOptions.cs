using System.CommandLine;
using System.Globalization;
using Mambascope.Inputs.Images;
using Mambascope.Models;

namespace Mambascope.Cli;

/// <summary>
/// How each of several models is opened: what <see cref="ModelOptions"/> takes for one. An option holds for all models, or as MODEL:VALUE,
/// with MODEL as it was named, for one of them.
/// </summary>
internal sealed class ModelsOptions
{
    private const string ForOne = "; as MODEL:VALUE for one of the models";

    private readonly Option<string[]> weights = Of(
        "--weights", "[MODEL:]NAME", "Set of weights to take from a file that holds several; info names them [default: the first]");

    private readonly Option<string[]> heads = Of(
        "--heads", "[MODEL:]N", "Heads of a transformer's attention, which shapes cannot tell [default: config.json's]");

    private readonly Option<string[]> config = Of(
        "--config", "[MODEL:]KEY=VALUE", "A value in place of config.json's; repeat for several");

    private readonly Option<bool> noLimit = WeightOptions.NoLimit();

    private readonly Option<string[]> labels = Of(
        "--labels", "[MODEL:]FILE", "Labels of the classes in place of config.json's: one a line, or a JSON list or object");

    private readonly Option<string[]> sizes = Of(
        "--preprocess", "[MODEL:]NAME",
        $"Resizing, crop and ImageNet's mean and deviation in place of the model's own: {string.Join(", ", Preprocessing.Names)}");

    private readonly Option<string[]> mean = Of(
        "--mean", "[MODEL:]R,G,B", "Mean of the channels in place of the model's own, in 0..1: one number or three");

    private readonly Option<string[]> deviation = Of(
        "--std", "[MODEL:]R,G,B", "Deviation of the channels in place of the model's own, above 0: one number or three");

    /// <summary>Those of models that read pictures.</summary>
    internal IReadOnlyList<Option> OfPictures => [weights, heads, config, labels, sizes, mean, deviation];

    /// <summary>Those of models that read pictures at their own size, whatever was the habit of their authors.</summary>
    internal IReadOnlyList<Option> OfResizedPictures => [weights, heads, config, labels, mean, deviation];

    /// <summary>Those of models that read text.</summary>
    internal IReadOnlyList<Option> OfText => [weights, heads, config, noLimit];

    /// <summary>How one of the named models is opened, if it reads pictures.</summary>
    /// <param name="session">The command line.</param>
    /// <param name="named">All of them, as written.</param>
    /// <param name="model">Which of them.</param>
    /// <exception cref="UsageException">A value of another form.</exception>
    internal ImageClassifierOptions Pictures(Session session, IReadOnlyList<string> named, string model)
    {
        var arguments = session.Arguments;
        return new()
        {
            LabelsFile = Last(labels),
            Preprocessing = Last(sizes) is not { } name ? null
                : Preprocessing.Names.Contains(name, StringComparer.OrdinalIgnoreCase) ? name.ToLowerInvariant()
                : throw Wrong(sizes, name, $"one of {string.Join(", ", Preprocessing.Names)}"),
            Mean = Numbers(mean),
            StandardDeviation = Numbers(deviation),
            Choices = Choices(session, named, model),
        };

        string? Last(Option<string[]> option) => Values(arguments, option, named, model).LastOrDefault();

        float[]? Numbers(Option<string[]> option)
            => Last(option) is { } word
                ? PreprocessingOptions.Parse(word) ?? throw Wrong(option, word, PreprocessingOptions.Expected)
                : null;
    }

    /// <summary>What is said of the files of one of the named models.</summary>
    /// <exception cref="UsageException">A value of another form, or the same key twice.</exception>
    internal ModelChoices Choices(Session session, IReadOnlyList<string> named, string model)
    {
        var arguments = session.Arguments;
        int? number = Values(arguments, heads, named, model).LastOrDefault() is not { } word ? null
            : int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count
            : throw Wrong(heads, word, "a whole number of 1 or more");
        return new()
        {
            Weights = Values(arguments, weights, named, model).LastOrDefault(),
            Config = WeightOptions.Config(Values(arguments, config, named, model), number),
            HasNoLimit = arguments.GetResult(noLimit) is not null && arguments.GetValue(noLimit),
        };
    }

    // What holds for all first, what is said of the one model behind it.
    private static string[] Values(ParseResult arguments, Option<string[]> option, IReadOnlyList<string> named, string model)
    {
        var words = (arguments.GetResult(option) is null ? null : arguments.GetValue(option)) ?? [];
        var said = words.Select(word => (Word: word, Of: named
            .Where(name => word.StartsWith(name + ":", StringComparison.Ordinal))
            .MaxBy(name => name.Length))).ToArray();
        return
        [
            .. said.Where(each => each.Of is null).Select(each => each.Word),
            .. said.Where(each => each.Of == model).Select(each => each.Word[(model.Length + 1)..]),
        ];
    }

    private static UsageException Wrong(Option option, string word, string expected)
        => new($"{option.Name} {word}: expected {expected}, or MODEL: and that, with MODEL as it was named");

    private static Option<string[]> Of(string name, string helpName, string description)
        => new(name) { Description = description + ForOne, HelpName = helpName, AllowMultipleArgumentsPerToken = false };
}
