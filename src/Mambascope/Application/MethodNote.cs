using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Application;

/// <summary>What a reader of a map must know of its method: where our own tables (docs/evaluation.md) speak against it.</summary>
public static class MethodNote
{
    /// <summary>In a few words; null where there is nothing to warn of.</summary>
    /// <param name="method">The method.</param>
    /// <param name="options">How it explains.</param>
    /// <param name="model">Whom it explains.</param>
    public static string? Of(AttributionMethod method, AttributionOptions options, LoadedModel model)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(model);
        var (hasScans, isOfPictures) = (model.Model.Shape.Has(MixerKind.Scan), model.Reads == ModelInput.Pictures);
        return method.Name switch
        {
            "raw" or "rollout" when hasScans && options.Mode == AttributionMode.Official =>
                "no better than a blob in the middle of the picture in our tables",
            "raw" or "rollout" when hasScans && model.Reads != ModelInput.Series => "at noise level in our tables",
            "attribution" when isOfPictures =>
                "stripes beside the class token come from the architecture: rank correlation 0.65 with itself under shuffled weights",
            "attribution" when hasScans && model.Reads == ModelInput.Text => "in part architecture: rank correlation 0.48 with itself under shuffled weights",
            "input-x-gradient" when isOfPictures => "at noise level in our tables",
            _ => null,
        };
    }
}
