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
    /// <param name="name">As written.</param>
    /// <param name="kinds">The model's mixers.</param>
    /// <param name="options">What holds apart from that; null for the standard.</param>
    /// <exception cref="UsageException">There is no such method, form, option or value.</exception>
    internal static (AttributionMethod Method, AttributionOptions Options) WithForm(
        string name, ModelShape kinds, AttributionOptions? options = null)
    {
        var (words, standard) = (name.Split('+'), options ?? new());
        var parts = words[0].Split('.');
        var method = Find(parts[0], kinds);
        var form = parts.Length == 1 ? standard
            : method.Forms
                .Select(form => standard with { Mode = form.Mode, LrpVariant = form.LrpVariant, Reference = form.Reference })
                .FirstOrDefault(form => parts.Length == 2 && method.Form(form) == parts[1])
            ?? throw new UsageException(
                $"--method {name}: expected {string.Join(", ", method.Forms.Select(method.NameOf).Prepend(method.Name).Distinct())}");
        return (method, words.Skip(1).Aggregate(form, (read, word) => With(name, method, read, word.Split('='))));
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

    /// <summary>Whether a name says in which form.</summary>
    internal static bool HasForm(string name) => name.Split('+')[0].Contains('.', StringComparison.Ordinal);

    /// <summary>
    /// METHOD in each of some modes, where it has modes and its name says none; otherwise as written.
    /// </summary>
    /// <exception cref="UsageException">There is no such method or form.</exception>
    internal static IEnumerable<(AttributionMethod Method, AttributionOptions Options)> InModes(
        string name, ModelShape kinds, AttributionOptions options, IReadOnlyList<AttributionMode> modes)
    {
        var found = WithForm(name, kinds, options);
        return !HasForm(name) && found.Method.HasModes && modes.Count > 0
            ? modes.Select(mode => (found.Method, found.Options with { Mode = mode }))
            : [found];
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
            var hint = AttributionMethods.All.Any(method => method.Name == name)
                ? ""
                : ClosestNames.Hint(name, AttributionMethods.For(kinds).Select(method => method.Name));
            throw new UsageException($"--method {name}: {error.Message}{hint}");
        }
    }
}
