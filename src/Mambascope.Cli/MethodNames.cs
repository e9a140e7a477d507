using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Cli;

/// <summary>Names of methods on the command line.</summary>
internal static class MethodNames
{
    /// <summary>Names of the methods that explain such a model, for help texts.</summary>
    internal static string Of(ModelShape kinds) => string.Join(", ", AttributionMethods.For(kinds).Select(method => method.Name));

    /// <summary>Names with commas between them or as separate words, each once.</summary>
    internal static IEnumerable<string> Split(IEnumerable<string> words)
        => words
            .SelectMany(word => word.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Distinct(StringComparer.Ordinal);

    /// <summary>Whether METHOD or METHOD.FORM is a method for such a model.</summary>
    internal static bool Explains(string name, ModelShape kinds)
    {
        try
        {
            WithForm(name, kinds);
            return true;
        }
        catch (UsageException)
        {
            return false;
        }
    }

    /// <summary>
    /// METHOD or METHOD.FORM, such as <c>raw.paper</c> or <c>partial-lrp.original</c>, and options behind it:
    /// <c>attribution.exact+sign=absolute+start-layer=4</c>.
    /// </summary>
    /// <exception cref="UsageException">There is no such method, form, option or value.</exception>
    internal static (AttributionMethod Method, AttributionOptions Options) WithForm(string name, ModelShape kinds)
    {
        var words = name.Split('+');
        var parts = words[0].Split('.');
        var method = Find(parts[0], kinds);
        var form = parts.Length == 1 ? new()
            : method.Forms.FirstOrDefault(options => parts.Length == 2 && method.Form(options) == parts[1])
            ?? throw new UsageException(
                $"--method {name}: expected {string.Join(", ", method.Forms.Select(method.NameOf).Prepend(method.Name).Distinct())}");
        return (method, words.Skip(1).Aggregate(form, (options, word) => With(name, method, options, word.Split('='))));
    }

    private static AttributionOptions With(string name, AttributionMethod method, AttributionOptions options, string[] word)
    {
        if (word.Length != 2 || AttributionOption.Find(word[0]) is not { } option || !method.Options.Contains(option))
        {
            var known = string.Join(", ", method.Options.Select(each => each.Name).DefaultIfEmpty("no options"));
            throw new UsageException($"--method {name}: expected +OPTION=VALUE behind the method; {method.Name} reads {known}");
        }

        try
        {
            return option.With(options, word[1]);
        }
        catch (BadInputException error)
        {
            throw new UsageException($"--method {name}: {error.Message}");
        }
    }

    /// <summary>The method of that name for such a model.</summary>
    /// <exception cref="UsageException">There is none, or it explains models of another kind.</exception>
    internal static AttributionMethod Find(string name, ModelShape kinds)
    {
        try
        {
            return AttributionMethods.Find(name, kinds);
        }
        catch (BadInputException error)
        {
            throw new UsageException($"--method {name}: {error.Message}");
        }
    }
}
