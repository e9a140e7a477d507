using System.Globalization;
using Mambascope.Application;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Models;

namespace Mambascope.Explorer.Answers;

/// <summary>Words in addresses and what they mean.</summary>
internal static class Words
{
    private const int MostNumbers = 4096;

    /// <summary>A member of an enumeration by its name; the given one where there is no word.</summary>
    /// <exception cref="BadInputException">Another word.</exception>
    internal static T Choice<T>(string what, string? word, T standard)
        where T : struct, Enum
        => word is null ? standard
            : Enum.GetNames<T>().FirstOrDefault(name => string.Equals(name, word, StringComparison.OrdinalIgnoreCase)) is { } name
                ? Enum.Parse<T>(name)
            : throw new BadInputException(
                $"{what} {ShownText.Line(word, 20)}: expected one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}");

    /// <summary>Whole numbers with commas between them.</summary>
    /// <exception cref="BadInputException">Something else, or too many.</exception>
    internal static int[] Numbers(string what, string? list)
    {
        var words = (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words.Length > MostNumbers
            ? throw new BadInputException($"{what}: expected at most {MostNumbers} numbers, found {words.Length}")
            : [
                .. words.Select(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw new BadInputException($"{what} {ShownText.Line(word, 20)}: expected whole numbers with commas between them")),
            ];
    }

    /// <summary>Methods by name, as the command line has them: METHOD or METHOD.MODE; null for the standard ones.</summary>
    /// <exception cref="BadInputException">One does not exist or does not explain such a model.</exception>
    internal static (IReadOnlyList<ChosenMethod>? Methods, AttributionOptions Options) Methods(
        LoadedModel model, IReadOnlyList<string>? names, string? mode)
    {
        var options = new AttributionOptions { Mode = Choice("mode", mode, AttributionMode.Exact) };
        return (
            names is null or []
                ? null
                : [
                    .. names.Distinct(StringComparer.Ordinal)
                        .Select(name => new ChosenMethod(AttributionMethods.Find(name, model.Model.Shape))),
                ],
            options);
    }
}
