using System.Text.Json.Nodes;
using Mambascope.Models;

namespace Mambascope.Cli;

/// <summary>What differs between architectures when a model is described.</summary>
internal static class ModelFacts
{
    internal static string Architecture(IVisionModel model) => model switch
    {
        VisionMamba vim => $"Vision Mamba (Vim), bidirectional{(vim.Config.HalveDirections ? ", directions halved" : ", directions summed")}",
        _ => "vision transformer (ViT, DeiT)",
    };

    internal static string Mixer(IVisionModel model) => model switch
    {
        VisionMamba { Config: var c } => $"{c.InnerWidth} channels (0 to {c.InnerWidth - 1}) with {c.StateSize} states, step size of rank {c.DtRank}, convolution over {c.ConvWidth} tokens",
        VisionTransformer { Config: var c } => $"softmax attention, {c.Heads} heads (0 to {c.Heads - 1}) of {c.Width / c.Heads} channels; MLP of width {c.MlpWidth}",
        _ => throw Unknown(model),
    };

    internal static int Width(IVisionModel model) => model switch
    {
        VisionMamba vim => vim.Config.Width,
        VisionTransformer vit => vit.Config.Width,
        _ => throw Unknown(model),
    };

    internal static int? ClassToken(IVisionModel model) => model switch
    {
        VisionMamba { Config.ClassTokenIndex: < 0 } => null,
        VisionMamba vim => vim.Config.ClassTokenIndex,
        _ => 0,
    };

    /// <summary>Channels with a matrix each; null for a transformer.</summary>
    internal static int? Channels(IModel model) => model switch
    {
        VisionMamba vim => vim.Config.InnerWidth,
        Mamba mamba => mamba.Config.InnerWidth,
        Mamba2 mamba => mamba.Config.InnerWidth,
        _ => null,
    };

    /// <summary>Heads with a matrix each; null for a model without.</summary>
    internal static int? Heads(IModel model) => model switch
    {
        VisionTransformer vit => vit.Config.Heads,
        GptNeoX neox => neox.Config.Heads,
        Mamba2 mamba => mamba.Config.Heads,
        _ => null,
    };

    internal static int Tokens(IVisionModel model) => model.Grid.Count + (ClassToken(model) is null ? 0 : 1);

    internal static string ReadsFrom(IVisionModel model) => ClassToken(model) switch
    {
        null => "the mean of all",
        0 => "the class token in front (0)",
        var token => $"the class token in the middle ({token})",
    };

    internal static IEnumerable<KeyValuePair<string, JsonNode?>> Json(IVisionModel model) => model switch
    {
        VisionMamba { Config: var c } =>
        [
            new("architecture", "vim"), new("inner_width", c.InnerWidth), new("state_size", c.StateSize), new("dt_rank", c.DtRank),
            new("conv_width", c.ConvWidth), new("directions", 2), new("directions_halved", c.HalveDirections),
        ],
        VisionTransformer { Config: var c } =>
        [
            new("architecture", "vit"), new("heads", c.Heads), new("head_width", c.Width / c.Heads), new("mlp_width", c.MlpWidth), new("norm_epsilon", c.NormEpsilon),
        ],
        _ => throw Unknown(model),
    };

    private static ArgumentException Unknown(IVisionModel model) => new($"A {model.GetType().Name} has no description.", nameof(model));
}
