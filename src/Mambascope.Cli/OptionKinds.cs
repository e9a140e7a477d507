using System.CommandLine;
using System.Globalization;
using Mambascope.Evaluation.Segmentation;

namespace Mambascope.Cli;

/// <summary>Kinds of options whose errors are one clear line.</summary>
internal static class OptionKinds
{
    /// <summary>One of a few words; the default of T where the option is absent.</summary>
    internal static Option<T> Choice<T>(
        string name, string description, (string Word, T Value)[] choices, bool isGlobal = false)
    {
        var words = Words(choices);
        var option = new Option<T>(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            Recursive = isGlobal,
            CustomParser = result =>
            {
                var word = result.Tokens[^1].Value;
                foreach (var choice in choices)
                {
                    if (string.Equals(choice.Word, word, StringComparison.OrdinalIgnoreCase))
                    {
                        return choice.Value;
                    }
                }

                result.AddError($"{name} {word}: expected one of {string.Join(", ", words)}");
                return default;
            },
        };
        option.CompletionSources.Clear(); // names of enums
        option.CompletionSources.Add(words);
        return option;
    }

    /// <summary>Some of a few words, with commas between them or the option repeated; none where it is absent.</summary>
    internal static Option<T[]> Choices<T>(string name, string description, (string Word, T Value)[] choices)
    {
        var words = Words(choices);
        var option = new Option<T[]>(name)
        {
            Description = description,
            HelpName = string.Join(',', words),
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
            CustomParser = result =>
            {
                var found = new List<T>();
                foreach (var word in result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)))
                {
                    var at = Array.FindIndex(words, each => string.Equals(each, word, StringComparison.OrdinalIgnoreCase));
                    if (at < 0)
                    {
                        result.AddError($"{name} {word}: expected one of {string.Join(", ", words)}");
                        return [];
                    }

                    if (!found.Contains(choices[at].Value))
                    {
                        found.Add(choices[at].Value);
                    }
                }

                return [.. found];
            },
        };
        option.CompletionSources.Clear(); // names of enums
        option.CompletionSources.Add(words);
        return option;
    }

    /// <summary>A whole number within bounds, or nothing.</summary>
    internal static Option<int?> Whole(
        string name, string helpName, string description, int least = int.MinValue, int most = int.MaxValue, bool isGlobal = false)
        => new(name)
        {
            Description = description,
            HelpName = helpName,
            Recursive = isGlobal,
            CustomParser = result =>
            {
                var word = result.Tokens[^1].Value;
                if (
                    int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                    && number >= least
                    && number <= most)
                {
                    return number;
                }

                var range = (least, most) switch
                {
                    (int.MinValue, int.MaxValue) => "",
                    (_, int.MaxValue) => $" of {least} or more",
                    _ => $" from {least} to {most}",
                };
                result.AddError($"{name} {word}: expected a whole number{range}");
                return null;
            },
        };

    /// <summary>Any finite number, or nothing.</summary>
    internal static Option<double?> Number(string name, string helpName, string description)
        => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result =>
            {
                var word = result.Tokens[^1].Value;
                if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
                {
                    return number;
                }

                result.AddError($"{name} {word}: expected a number");
                return null;
            },
        };

    /// <summary>A number of 0 or more, or nothing.</summary>
    internal static Option<double?> Share(string name, string helpName, string description)
        => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result =>
            {
                var word = result.Tokens[^1].Value;
                if (
                    double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    && double.IsFinite(number)
                    && number >= 0)
                {
                    return number;
                }

                result.AddError($"{name} {word}: expected a number of 0 or more");
                return null;
            },
        };

    /// <summary>Where a map begins to be foreground: mean, otsu, or a number; or nothing.</summary>
    internal static Option<MapThreshold?> Threshold(string name, string description)
        => new(name)
        {
            Description = description,
            HelpName = "mean|otsu|VALUE",
            CustomParser = result =>
            {
                try
                {
                    return MapThreshold.Parse(result.Tokens[^1].Value);
                }
                catch (BadInputException)
                {
                    result.AddError($"{name} {result.Tokens[^1].Value}: expected mean, otsu, or a number from 0 to below 1");
                    return null;
                }
            },
        };

    /// <summary>A text, such as a file name.</summary>
    internal static Option<string?> Text(string name, string helpName, string description)
        => new(name) { Description = description, HelpName = helpName };

    /// <summary>A switch.</summary>
    internal static Option<bool> Switch(string name, string description) => new(name) { Description = description };

    // A plain loop: each T would have an iterator of its own compiled at every start.
    private static string[] Words<T>((string Word, T Value)[] choices)
    {
        var words = new string[choices.Length];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = choices[i].Word;
        }

        return words;
    }
}
