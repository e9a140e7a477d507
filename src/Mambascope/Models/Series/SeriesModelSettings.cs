using Mambascope.Inputs.Series;

namespace Mambascope.Models;

/// <summary>What mixes the tokens of a series model.</summary>
public enum SeriesMixer
{
    /// <summary>Selective scans, as in Vision Mamba.</summary>
    Scan,

    /// <summary>Softmax attention and an MLP, as in a vision transformer.</summary>
    Attention,
}

/// <summary>Sizes of a series model, and what it was made for.</summary>
public sealed record SeriesModelSettings
{
    internal const float StandardNormEpsilon = 1e-5f;

    /// <summary>What its inputs are made of.</summary>
    public required SeriesFormat Format { get; init; }

    /// <summary>How values are standardised in front of it.</summary>
    public required SeriesScale Scale { get; init; }

    /// <summary>Outputs: classes, or 1 where a number is predicted.</summary>
    public required int Classes { get; init; }

    /// <summary>The number that is predicted; null of a classifier.</summary>
    public PredictedNumber? Number { get; init; }

    /// <summary>Width of the residual stream, d.</summary>
    public required int Width { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Depth { get; init; }

    /// <summary>What mixes the tokens.</summary>
    public SeriesMixer Mixer { get; init; } = SeriesMixer.Scan;

    /// <summary>Time steps that make one token, P.</summary>
    public int PatchLength { get; init; } = 1;

    /// <summary>
    /// Tokens that have a position embedding of their own, so that no longer series is read; 0 without. The columns of a table have one
    /// each.
    /// </summary>
    public int Positions { get; init; }

    /// <summary>Whether the head reads the last token, not the mean of all.</summary>
    public bool ReadsLast { get; init; }

    /// <summary>Scans: from both ends, or from the first token only.</summary>
    public bool IsBidirectional { get; init; } = true;

    /// <summary>Scans: channels inside a mixer, E.</summary>
    public int InnerWidth { get; init; }

    /// <summary>Scans: states of a channel, N.</summary>
    public int StateSize { get; init; } = 16;

    /// <summary>Scans: taps of the causal convolution, K.</summary>
    public int ConvWidth { get; init; } = 4;

    /// <summary>Scans: rank of the step size projection, R.</summary>
    public int DtRank { get; init; }

    /// <summary>Attention: heads.</summary>
    public int Heads { get; init; }

    /// <summary>Attention: width of the MLP, m.</summary>
    public int MlpWidth { get; init; }

    /// <summary>Added to the mean square or the variance in every norm.</summary>
    public float NormEpsilon { get; init; } = StandardNormEpsilon;

    /// <summary>
    /// Usual sizes around a width: E = 2d and R = d/16, or heads of 16 to 64 channels and an MLP of 3d (as many weights as scans).
    /// </summary>
    public static SeriesModelSettings Of(
        SeriesFormat format, SeriesScale scale, int classes, int width, int depth, SeriesMixer mixer = SeriesMixer.Scan)
    {
        var settings = new SeriesModelSettings
        {
            Format = format,
            Scale = scale,
            Classes = classes,
            Width = width,
            Depth = depth,
            Mixer = mixer,
            Positions = format.Kind == SeriesKind.Features ? format.Variables.Count : 0,
        };
        return mixer == SeriesMixer.Scan
            ? settings with { InnerWidth = 2 * width, DtRank = Math.Max(1, width / 16) }
            : settings with { Heads = HeadsOf(width), MlpWidth = 3 * width };
    }

    private static int HeadsOf(int width)
        => Enumerable.Range(1, 4).Where(heads => width % heads == 0 && width / heads >= 16).DefaultIfEmpty(1).Max();
}
