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

    /// <summary>METHOD or METHOD.FORM, such as <c>raw.paper</c> or <c>partial-lrp.original</c>.</summary>
    /// <param name="name">As written.</param>
    /// <param name="kinds">The model's mixers.</param>
    /// <param name="options">What holds apart from the form; null for the standard.</param>
    /// <exception cref="UsageException">There is no such method or form.</exception>
    internal static (AttributionMethod Method, AttributionOptions Options) WithForm(
        string name, ModelShape kinds, AttributionOptions? options = null)
    {
        var (parts, standard) = (name.Split('.'), options ?? new());
        var method = Find(parts[0], kinds);
        AttributionOptions[] forms =
        [
            standard,
            .. method.HasModes
                ? Enum.GetValues<AttributionMode>().Select(mode => standard with { Mode = mode })
                : [standard with { LrpVariant = LrpVariant.Original }, standard with { LrpVariant = LrpVariant.Rescaled }],
        ];
        return parts.Length == 1 ? (method, standard)
            : forms.FirstOrDefault(form => parts.Length == 2 && method.Form(form) == parts[1]) is { } found ? (method, found)
            : throw new UsageException(
                $"--method {name}: expected {string.Join(", ", forms.Select(method.NameOf).Prepend(method.Name).Distinct())}");
    }

    /// <summary>Whether a name says in which form.</summary>
    internal static bool HasForm(string name) => name.Contains('.', StringComparison.Ordinal);

    /// <summary>
    /// METHOD in each of some modes, where it has modes and its name says none; otherwise as written.
    /// </summary>
    /// <exception cref="UsageException">There is no such method or form.</exception>
    internal static IEnumerable<(AttributionMethod Method, AttributionOptions Options)> InModes(
        string name, ModelShape kinds, AttributionOptions options, IReadOnlyList<AttributionMode> modes)
    {
        var found = WithForm(name, kinds, options);
        return !HasForm(name) && found.Method.HasModes && modes.Count > 0
            ? modes.Select(mode => (found.Method, options with { Mode = mode }))
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
            throw new UsageException($"--method {name}: {error.Message}");
        }
    }
}
