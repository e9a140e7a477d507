using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Application;

/// <summary>
/// What a model is explained by when nothing is said: the methods that measure best on models of its kind, with the figures that say so.
/// Whoever adds a method measures it as docs/evaluation.md does, and puts it here where it stands above what is here.
/// </summary>
/// <remarks>
/// Raw attention and rollout are no defaults: on models with scans they stand at the level of noise. Neither is Mamba-Attribution: its
/// stripes are there with shuffled weights too (<see cref="AttributionMethod.Caution"/>).
/// </remarks>
public static class StandardMethods
{
    // One entry a kind of model and input, in the order in which they are looked at. Further panels of a sheet are further names of an
    // entry: the place for state-lrp, alti-rows and for a second form with a reference.
    private static readonly Standard[] all =
    [
        new(MixerKind.Scan, ModelInput.Pictures, ["mamba-lrp"],
            "best in our tables (mIoU 60.5, noise 29.0; of two garments it points at the explained one in 69 %, at the other in 4 %)"),
        new(MixerKind.Scan, ModelInput.Text, ["mamba-lrp"],
            "best in our tables where the truth is known (average precision 0.96 and 1.00, noise 0.08 and 0.10)"),
        new(MixerKind.Softmax, ModelInput.Pictures, ["generic-attention"],
            "best class-specific map in our tables (mIoU 77.7, noise 28.9)"),
        new(MixerKind.Softmax, ModelInput.Text, ["attn-lrp"],
            "level with the best in our tables where the truth is known (average precision 0.95 and 1.00, noise 0.08 and 0.10)"),

        // docs/your-data.md. Attention over series is not measured yet: what is best on text, and reaches from the tokens to the channels.
        new(MixerKind.Scan, ModelInput.Series, ["mamba-lrp"], "of planted motifs it points at the one that decides in 99 % (noise 15 %)"),
        new(MixerKind.Softmax, ModelInput.Series, ["attn-lrp"], "level with the best on text in our tables; it reaches every value"),
    ];

    // Where none of the above can explain a model: needs gradients only. Average precision where the truth is known 0.64 to 0.98, more
    // than that of integrated gradients (0.47 to 0.97) and of input x gradient (0.45 to 0.66).
    private static readonly Standard fallback = new(
        MixerKind.Scan, ModelInput.Text, ["smoothgrad"], "no relevance method explains such a model; this one needs its gradients only");

    /// <summary>The methods for a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="isLong">Whether a text is too long to be recorded as a whole.</param>
    public static IReadOnlyList<AttributionMethod> For(LoadedModel model, bool isLong = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        return For(model.Model.Shape, model.Reads, isLong);
    }

    /// <summary>The methods for a model of such parts.</summary>
    /// <param name="shape">Its parts.</param>
    /// <param name="reads">What it reads.</param>
    /// <param name="isLong">Whether a text is too long to be recorded as a whole.</param>
    public static IReadOnlyList<AttributionMethod> For(ModelShape shape, ModelInput reads, bool isLong = false)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var able = Able(shape, isLong);
        return Find(Of(shape, reads, isLong), able) is { Count: > 0 } found ? found : [.. able.Take(1)];
    }

    /// <summary>Which they are and why, in one line.</summary>
    /// <param name="model">The model.</param>
    /// <param name="isLong">Whether a text is too long to be recorded as a whole.</param>
    public static string Because(LoadedModel model, bool isLong = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Because(model.Model.Shape, model.Reads, isLong);
    }

    /// <summary>The same for a model of such parts.</summary>
    /// <param name="shape">Its parts.</param>
    /// <param name="reads">What it reads.</param>
    /// <param name="isLong">Whether a text is too long to be recorded as a whole.</param>
    public static string Because(ModelShape shape, ModelInput reads, bool isLong = false)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var standard = Of(shape, reads, isLong);
        var names = string.Join(", ", For(shape, reads, isLong).Select(method => method.Name));
        var asked = $"{Words(reads)} and models with {shape.Words}";
        return $"{names}, the standard for {asked}: {standard.Evidence}";
    }

    /// <summary>The standard for each kind of mixer, for help texts: "mamba-lrp; transformers: ...".</summary>
    /// <param name="reads">What the models read; null for all.</param>
    public static string Listed(ModelInput? reads = null)
    {
        return string.Join("; ", new[] { (MixerKind.Scan, ""), (MixerKind.Softmax, "transformers: ") }
            .Select(kind => kind.Item2 + string.Join(", of text ", Names(kind.Item1))));

        IEnumerable<string> Names(MixerKind mixer) => all
            .Where(standard => standard.Mixer == mixer && (reads is null || standard.Reads == reads))
            .Select(standard => string.Join(", ", standard.Names))
            .Distinct(StringComparer.Ordinal);
    }

    private static string Words(ModelInput reads) => reads switch
    {
        ModelInput.Text => "text",
        ModelInput.Series => "series",
        _ => "pictures",
    };

    private static Standard Of(ModelShape shape, ModelInput reads, bool isLong)
    {
        var able = Able(shape, isLong);
        return all.FirstOrDefault(standard =>
            standard.Reads == reads && shape.Has(standard.Mixer) && Find(standard, able).Count > 0) ?? fallback;
    }

    private static IReadOnlyList<AttributionMethod> Able(ModelShape shape, bool isLong)
        => [.. AttributionMethods.For(shape).Where(method => !isLong || method.IsPiecewise)];

    private static IReadOnlyList<AttributionMethod> Find(Standard standard, IReadOnlyList<AttributionMethod> able)
        => [.. standard.Names.Select(name => able.FirstOrDefault(method => method.Name == name)).OfType<AttributionMethod>()];

    private sealed record Standard(MixerKind Mixer, ModelInput Reads, IReadOnlyList<string> Names, string Evidence);
}
