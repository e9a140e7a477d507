namespace Mambascope.Models;

/// <summary>What there is to say of a layer of softmax attention and an MLP.</summary>
internal static class SoftmaxFacts
{
    /// <summary>"1 head of 64 channels".</summary>
    internal static string HeadsInWords(int heads, int width) => $"{heads} head{(heads == 1 ? "" : "s")} of {width / heads} channels";

    internal static Fact Of(int heads, int width, int mlpWidth, float normEpsilon) => new(
        "mixer",
        $"softmax attention, {heads} head{(heads == 1 ? "" : "s")} (0 to {heads - 1}) of {width / heads} channels; MLP of width {mlpWidth}",
        Fact.Value("heads", heads),
        Fact.Value("head_width", width / heads),
        Fact.Value("mlp_width", mlpWidth),
        Fact.Value("norm_epsilon", normEpsilon));
}
