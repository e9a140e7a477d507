using Mambascope.Attribution;
using Mambascope.Tracing;

namespace Mambascope.Evaluation.Published;

/// <summary>One way to compute a line of the published tables.</summary>
/// <param name="Model">The model.</param>
/// <param name="Method">The method as the tables name it.</param>
/// <param name="Form">
/// Which reading of it: official (the released code), paper (its equations), exact (the whole mixer); for transformers as the scripts that
/// the tables were made with.
/// </param>
/// <param name="Name">What results are called by, unique.</param>
/// <param name="Attribution">The method here.</param>
/// <param name="Options">Its options.</param>
public sealed record PublishedForm(
    PublishedModel Model, PublishedMethod Method, string Form, string Name, AttributionMethod Attribution, AttributionOptions Options);

/// <summary>
/// What the published methods may mean. For Mamba the released code, the paper's equations and the exact mixer differ, so each is measured.
/// For transformers the released evaluation scripts (hila-chefer/Transformer-Explainability, baselines/ViT) leave the first layer out of
/// rollout and attribution; raw attention is the last layer's there, the mean of all layers in the paper's text.
/// </summary>
public static class PublishedForms
{
    // Start layer of the evaluation scripts; the functions' own default is 0.
    private const int ScriptStart = 1;

    /// <summary>All of them, in the order of the tables.</summary>
    public static IReadOnlyList<PublishedForm> All { get; } =
    [
        .. Modes(PublishedMethod.RawAttention, new RawAttention()),
        Script(
            PublishedMethod.RawAttention,
            "mean of layers",
            AttributionMethods.Find("raw", ModelShape.Of(MixerKind.Softmax)),
            start: null),
        Script(PublishedMethod.RawAttention, "last layer", new TransformerRawLast(), start: null),
        .. Modes(PublishedMethod.Rollout, new AttentionRollout()),
        Script(PublishedMethod.Rollout, "from layer 1", AttributionMethods.Find("rollout", ModelShape.Of(MixerKind.Softmax)), ScriptStart),
        .. Modes(PublishedMethod.Attribution, new MambaAttribution()),
        new(PublishedModel.Mamba, PublishedMethod.MambaLrp, "", "mamba-lrp", new MambaLrp(), new()),
        Script(PublishedMethod.Attribution, "from layer 1", new TransformerAttribution(), ScriptStart),
    ];

    /// <summary>Those of one model that a table has a line for.</summary>
    public static IReadOnlyList<PublishedForm> Of(PublishedModel model, IEnumerable<PublishedMethod> methods)
        => [.. All.Where(form => form.Model == model && methods.Contains(form.Method))];

    // As released first: it is what made the published numbers.
    private static IEnumerable<PublishedForm> Modes(PublishedMethod method, AttributionMethod attribution)
        => new[] { AttributionMode.Official, AttributionMode.Paper, AttributionMode.Exact }.Select(mode =>
        {
            var options = new AttributionOptions { Mode = mode };
            return new PublishedForm(
                PublishedModel.Mamba, method, attribution.Form(options)!, attribution.NameOf(options), attribution, options);
        });

    private static PublishedForm Script(PublishedMethod method, string form, AttributionMethod attribution, int? start)
        => new(
            PublishedModel.Transformer,
            method,
            form,
            start is { } layer ? $"{attribution.Name}.start{layer}" : attribution.Name,
            attribution,
            new() { StartLayer = start });
}
