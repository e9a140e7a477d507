using Mambascope.Attribution;
using Mambascope.Models;

namespace Mambascope.Application;

/// <summary>A method that a model can be explained by.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">One line: what its maps show.</param>
/// <param name="Modes">The modes it can be had in for this model; none where it has only one form.</param>
/// <param name="IsClassSpecific">Whether its maps depend on what is explained.</param>
public sealed record MethodDescription(string Name, string Description, IReadOnlyList<string> Modes, bool IsClassSpecific)
{
    /// <summary>The methods for a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="reads">What it reads.</param>
    public static IReadOnlyList<MethodDescription> For(IModel model, ModelInput reads)
    {
        ArgumentNullException.ThrowIfNull(model);

        // The released code's row vectors exist only where there is a class token.
        string[] modes = model.Facts.ClassToken is null ? ["exact", "paper"] : ["exact", "paper", "official"];

        // Relevance of pixels is no method for text.
        return
        [
            .. AttributionMethods
                .For(model.Shape)
                .Where(method => reads == ModelInput.Pictures || method is not FullLrp)
                .Select(method => new MethodDescription(
                    method.Name,
                    method.Description,
                    method.HasModes ? modes : [],
                    method.IsClassSpecific)),
        ];
    }
}
