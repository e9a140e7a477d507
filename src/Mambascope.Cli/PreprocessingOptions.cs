using System.CommandLine;
using System.Globalization;
using Mambascope.Inputs.Images;
using Mambascope.Models;

namespace Mambascope.Cli;

/// <summary>How pictures are made fit for a model, in place of what its files say: the options --preprocess, --mean and --std.</summary>
internal sealed class PreprocessingOptions
{
    private readonly Option<string?> sizes = OptionKinds.Choice<string?>(
        "--preprocess",
        "Resizing, crop and ImageNet's mean and deviation in place of the model's own; the numbers scale with its image size",
        [.. Preprocessing.Names.Select(name => (name, (string?)name))]);

    private readonly Option<float[]?> mean = Numbers("--mean", "Mean of the channels in place of the model's own, in 0..1");
    private readonly Option<float[]?> deviation = Numbers("--std", "Deviation of the channels in place of the model's own, above 0");

    /// <summary>What numbers of channels look like.</summary>
    internal const string Expected = "one number, or three with commas between them, such as 0.5,0.5,0.5";

    /// <summary>One finite number or three with commas between them; null for anything else.</summary>
    internal static float[]? Parse(string text)
    {
        float[] numbers =
        [
            .. text.Split(',').Select(word =>
                float.TryParse(word.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : float.NaN),
        ];
        return numbers.Length is 1 or 3 && numbers.All(float.IsFinite) ? numbers : null;
    }

    /// <summary>All of them.</summary>
    internal IReadOnlyList<Option> All => [sizes, mean, deviation];

    /// <summary>The options of a model with those that were given.</summary>
    internal ImageClassifierOptions Over(Session session, ImageClassifierOptions options) => options with
    {
        Preprocessing = session.Arguments.GetValue(sizes),
        Mean = Given(session, mean),
        StandardDeviation = Given(session, deviation),
    };

    // Lists of the parser are empty where the option is absent.
    private static float[]? Given(Session session, Option<float[]?> option)
        => session.Arguments.GetValue(option) is { Length: > 0 } numbers ? numbers : null;

    private static Option<float[]?> Numbers(string name, string description) => new(name)
    {
        Description = $"{description}: {Expected}",
        HelpName = "R,G,B",
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (Parse(text) is { } numbers)
            {
                return numbers;
            }

            result.AddError($"{name} {text}: expected {Expected}");
            return null;
        },
    };
}
