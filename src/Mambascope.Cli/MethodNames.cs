using Mambascope.Attribution;
using Mambascope.Models;

namespace Mambascope.Cli;

/// <summary>Names of methods on the command line.</summary>
internal static class MethodNames
{
    /// <summary>Names of the methods that explain such a model, for help texts.</summary>
    internal static string Of(LayerKinds kinds) => string.Join(", ", AttributionMethods.For(kinds).Select(method => method.Name));

    /// <summary>The method of that name for such a model.</summary>
    /// <exception cref="UsageException">There is none, or it explains models of another kind.</exception>
    internal static AttributionMethod Find(string name, LayerKinds kinds)
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
