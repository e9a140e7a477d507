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
    /// <exception cref="UsageException">There is no such method or form.</exception>
    internal static (AttributionMethod Method, AttributionOptions Options) WithForm(string name, ModelShape kinds)
    {
        var parts = name.Split('.');
        var method = Find(parts[0], kinds);
        AttributionOptions[] forms =
        [
            new(),
            .. method.HasModes
                ? Enum.GetValues<AttributionMode>().Select(mode => new AttributionOptions { Mode = mode })
                : [new() { LrpVariant = LrpVariant.Original }],
        ];
        return parts.Length == 1 ? (method, forms[0])
            : forms.FirstOrDefault(options => parts.Length == 2 && method.Form(options) == parts[1]) is { } found ? (method, found)
            : throw new UsageException(
                $"--method {name}: expected {string.Join(", ", forms.Select(method.NameOf).Prepend(method.Name).Distinct())}");
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
