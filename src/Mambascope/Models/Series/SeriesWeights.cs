using Mambascope.Inputs.Series;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>Weights of a block that scans; shapes and letters as in Vision Mamba.</summary>
/// <param name="Norm">norm.weight (d).</param>
/// <param name="InProj">mixer.in_proj.weight (2E, d): rows for x, then for z.</param>
/// <param name="OutProj">mixer.out_proj.weight (d, E).</param>
/// <param name="Scans">From the first token to the last, and back where there are two.</param>
internal sealed record SeriesScanWeights(Weight Norm, Weight InProj, Weight OutProj, IReadOnlyList<DirectionWeights> Scans)
{
    internal IEnumerable<Weight> All => [Norm, InProj, OutProj, .. Scans.SelectMany(scan => scan.All)];
}

/// <summary>
/// All weights of a series model. Names do not begin as those of Vision Mamba or of a vision transformer, so that a file without a
/// config.json is not taken for one.
/// </summary>
internal sealed class SeriesWeights
{
    internal const string Steps = "step_embed.weight";
    internal const string Features = "feature_embed.weight";
    internal const string Layers = "encoder.";

    /// <summary>Asks <paramref name="source"/> for every weight that a model of these settings has.</summary>
    public SeriesWeights(SeriesModelSettings settings, WeightSource source)
    {
        var (d, m) = (settings.Width, settings.MlpWidth);
        if (settings.Format.Kind == SeriesKind.Steps)
        {
            Embedding = source(Steps, d, settings.PatchLength * settings.Format.Values);
            EmbeddingBias = source("step_embed.bias", d);
        }
        else
        {
            Embedding = source(Features, settings.Format.Values, d);
        }

        Positions = settings.Positions == 0 ? null : source("pos_embed", 1, settings.Positions, d);
        Norm = source("norm_f.weight", d);
        NormBias = settings.Mixer == SeriesMixer.Attention ? source("norm_f.bias", d) : null;
        Head = source("head.weight", settings.Classes, d);
        HeadBias = source("head.bias", settings.Classes);
        var layers = Enumerable.Range(0, settings.Depth).Select(layer => $"{Layers}{layer}.").ToArray();
        Scans = settings.Mixer == SeriesMixer.Scan ? [.. layers.Select(at => Scan(settings, source, at))] : [];
        Attentions = settings.Mixer == SeriesMixer.Attention ? [.. layers.Select(Attention)] : [];

        VisionTransformerBlockWeights Attention(string at) => new(
            source(at + "norm1.weight", d), source(at + "norm1.bias", d),
            source(at + "attn.qkv.weight", 3 * d, d), source(at + "attn.qkv.bias", 3 * d),
            source(at + "attn.proj.weight", d, d), source(at + "attn.proj.bias", d),
            source(at + "norm2.weight", d), source(at + "norm2.bias", d),
            source(at + "mlp.fc1.weight", m, d), source(at + "mlp.fc1.bias", m),
            source(at + "mlp.fc2.weight", d, m), source(at + "mlp.fc2.bias", d));
    }

    /// <summary>step_embed.weight (d, P C), or feature_embed.weight (numbers, d) of a table.</summary>
    public Weight Embedding { get; }

    /// <summary>step_embed.bias (d); null for a table.</summary>
    public Weight? EmbeddingBias { get; }

    /// <summary>pos_embed (1, positions, d), if any.</summary>
    public Weight? Positions { get; }

    /// <summary>Blocks that scan, from the input to the output; empty where they attend.</summary>
    public IReadOnlyList<SeriesScanWeights> Scans { get; }

    /// <summary>Blocks of softmax attention and an MLP; empty where they scan.</summary>
    public IReadOnlyList<VisionTransformerBlockWeights> Attentions { get; }

    /// <summary>norm_f.weight (d).</summary>
    public Weight Norm { get; }

    /// <summary>norm_f.bias (d) of a layer norm, in models with attention.</summary>
    public Weight? NormBias { get; }

    /// <summary>head.weight (classes, d).</summary>
    public Weight Head { get; }

    /// <summary>head.bias (classes).</summary>
    public Weight HeadBias { get; }

    /// <summary>Every weight once, in the order of the forward pass.</summary>
    public IEnumerable<Weight> All
        => new[] { Embedding, EmbeddingBias, Positions }
            .Concat(Scans.SelectMany(block => block.All))
            .Concat(Attentions.SelectMany(block => block.All))
            .Concat([Norm, NormBias, Head, HeadBias])
            .OfType<Weight>();

    private static SeriesScanWeights Scan(SeriesModelSettings settings, WeightSource source, string at)
    {
        var (d, E, N, R, K) = (settings.Width, settings.InnerWidth, settings.StateSize, settings.DtRank, settings.ConvWidth);
        return new(
            source(at + "norm.weight", d),
            source(at + "mixer.in_proj.weight", 2 * E, d),
            source(at + "mixer.out_proj.weight", d, E),
            [
                Direction(suffix: "", aLog: "A_log", skip: "D"),
                .. settings.IsBidirectional ? [Direction(suffix: "_b", aLog: "A_b_log", skip: "D_b")] : Array.Empty<DirectionWeights>(),
            ]);

        DirectionWeights Direction(string suffix, string aLog, string skip) => new(
            source($"{at}mixer.conv1d{suffix}.weight", E, 1, K),
            source($"{at}mixer.conv1d{suffix}.bias", E),
            source($"{at}mixer.x_proj{suffix}.weight", R + (2 * N), E),
            source($"{at}mixer.dt_proj{suffix}.weight", E, R),
            source($"{at}mixer.dt_proj{suffix}.bias", E),
            source($"{at}mixer.{aLog}", E, N),
            source($"{at}mixer.{skip}", E));
    }
}
