using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>Weights of one scan direction of a mixer; shapes in checkpoint order.</summary>
/// <param name="Conv">conv1d.weight (E, 1, K).</param>
/// <param name="ConvBias">conv1d.bias (E).</param>
/// <param name="XProj">x_proj.weight (R + 2N, E): rows for the low-rank step size, B and C.</param>
/// <param name="DtProj">dt_proj.weight (E, R).</param>
/// <param name="DtBias">dt_proj.bias (E).</param>
/// <param name="ALog">A_log (E, N).</param>
/// <param name="D">D (E), the skip.</param>
internal sealed record DirectionWeights(Weight Conv, Weight ConvBias, Weight XProj, Weight DtProj, Weight DtBias, Weight ALog, Weight D)
{
    internal IEnumerable<Weight> All => [Conv, ConvBias, XProj, DtProj, DtBias, ALog, D];
}

/// <summary>Weights of one block.</summary>
/// <param name="Norm">norm.weight (d).</param>
/// <param name="InProj">in_proj.weight (2E, d): rows for x, then for z.</param>
/// <param name="OutProj">out_proj.weight (d, E).</param>
/// <param name="Forward">The scan from the first token to the last.</param>
/// <param name="Backward">The scan from the last token to the first.</param>
internal sealed record VisionMambaBlockWeights(
    Weight Norm, Weight InProj, Weight OutProj, DirectionWeights Forward, DirectionWeights Backward)
{
    internal IEnumerable<Weight> All => [Norm, InProj, OutProj, .. Forward.All, .. Backward.All];
}

/// <summary>All weights of a Vision Mamba, by the names of the released checkpoints.</summary>
internal sealed class VisionMambaWeights
{
    /// <summary>Asks <paramref name="source"/> for every weight that a model of this configuration has.</summary>
    public VisionMambaWeights(VisionMambaConfig config, WeightSource source)
    {
        var (d, E, N, R, K) = (config.Width, config.InnerWidth, config.StateSize, config.DtRank, config.ConvWidth);
        ClassToken = config.ClassTokenIndex < 0 ? null : source("cls_token", 1, 1, d);
        Positions = source("pos_embed", 1, config.Length, d);
        PatchProjection = source("patch_embed.proj.weight", d, config.Channels, config.PatchSize, config.PatchSize);
        PatchBias = source("patch_embed.proj.bias", d);
        Blocks = [.. Enumerable.Range(0, config.Depth).Select(layer => Block($"layers.{layer}."))];
        FinalNorm = source("norm_f.weight", d);
        Head = source("head.weight", config.Classes, d);
        HeadBias = source("head.bias", config.Classes);

        VisionMambaBlockWeights Block(string at) => new(
            source(at + "norm.weight", d),
            source(at + "mixer.in_proj.weight", 2 * E, d),
            source(at + "mixer.out_proj.weight", d, E),
            Direction(at + "mixer.", suffix: "", aLog: "A_log", skip: "D"),
            Direction(at + "mixer.", suffix: "_b", aLog: "A_b_log", skip: "D_b"));

        DirectionWeights Direction(string at, string suffix, string aLog, string skip) => new(
            source($"{at}conv1d{suffix}.weight", E, 1, K),
            source($"{at}conv1d{suffix}.bias", E),
            source($"{at}x_proj{suffix}.weight", R + (2 * N), E),
            source($"{at}dt_proj{suffix}.weight", E, R),
            source($"{at}dt_proj{suffix}.bias", E),
            source(at + aLog, E, N),
            source(at + skip, E));
    }

    /// <summary>cls_token (1, 1, d); null for mean-pooled models.</summary>
    public Weight? ClassToken { get; }

    /// <summary>pos_embed (1, L, d).</summary>
    public Weight Positions { get; }

    /// <summary>patch_embed.proj.weight (d, channels, P, P).</summary>
    public Weight PatchProjection { get; }

    /// <summary>patch_embed.proj.bias (d).</summary>
    public Weight PatchBias { get; }

    /// <summary>The blocks, from the input to the output.</summary>
    public IReadOnlyList<VisionMambaBlockWeights> Blocks { get; }

    /// <summary>norm_f.weight (d).</summary>
    public Weight FinalNorm { get; }

    /// <summary>head.weight (classes, d).</summary>
    public Weight Head { get; }

    /// <summary>head.bias (classes).</summary>
    public Weight HeadBias { get; }

    /// <summary>Every weight once, in the order of the forward pass.</summary>
    public IEnumerable<Weight> All
        => [
            .. new[] { ClassToken }.OfType<Weight>(), Positions, PatchProjection, PatchBias,
            .. Blocks.SelectMany(b => b.All), FinalNorm, Head, HeadBias,
        ];
}
