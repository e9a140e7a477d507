using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Application;

/// <summary>What a model is explained by when nothing is said.</summary>
public static class StandardMethods
{
    /// <summary>Of models with scans.</summary>
    public static IReadOnlyList<string> OfScans { get; } = ["raw", "rollout", "attribution"];

    /// <summary>Of models with scans, where a text is too long to be recorded as a whole.</summary>
    public static IReadOnlyList<string> OfLongTexts { get; } = ["raw", "rollout", "mamba-lrp"];

    /// <summary>Of transformers.</summary>
    public static IReadOnlyList<string> OfTransformers { get; } = ["raw", "rollout", "transformer-attribution"];

    /// <summary>Of transformers whose norms are RMS norms.</summary>
    public static IReadOnlyList<string> OfLlamas { get; } = ["raw", "rollout", "attn-lrp"];

    /// <summary>The methods for a model: of those above the ones that can explain it, and where none can, the first that do.</summary>
    /// <param name="model">The model.</param>
    /// <param name="isLong">Whether a text is too long to be recorded as a whole.</param>
    public static IReadOnlyList<AttributionMethod> For(IModel model, bool isLong)
    {
        ArgumentNullException.ThrowIfNull(model);
        var names = model.Shape.IsOnly(MixerKind.Softmax) ? model.Shape.HasRmsNorms ? OfLlamas : OfTransformers : isLong ? OfLongTexts : OfScans;
        var able = AttributionMethods.For(model.Shape);
        AttributionMethod[] standard =
        [
            .. names.Select(name => able.FirstOrDefault(method => method.Name == name)).OfType<AttributionMethod>(),
        ];
        return standard.Length > 0 ? standard : [.. able.Take(OfScans.Count)];
    }
}
