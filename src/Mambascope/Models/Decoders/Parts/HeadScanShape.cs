using Mambascope.Models.Mixers;

namespace Mambascope.Models;

/// <summary>Where a Mamba-2 mixer has its norm.</summary>
internal enum GatedNormPlace
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>Behind the gate.</summary>
    BehindGate,

    /// <summary>In front of the gate.</summary>
    BeforeGate,
}

/// <summary>A Mamba-2 mixer.</summary>
internal sealed record HeadScanShape : PartShape
{
    /// <summary>Width of the residual stream, d.</summary>
    public required int Width { get; init; }

    /// <summary>Channels, E.</summary>
    public required int InnerWidth { get; init; }

    /// <summary>Heads, H.</summary>
    public required int Heads { get; init; }

    /// <summary>Groups of heads with B and C of their own, G.</summary>
    public required int Groups { get; init; }

    /// <summary>States of a channel, N.</summary>
    public required int StateSize { get; init; }

    /// <summary>Taps of the convolution, K.</summary>
    public required int ConvWidth { get; init; }

    /// <summary>Whether in_proj has a bias.</summary>
    public bool HasInBias { get; init; }

    /// <summary>Whether out_proj has a bias.</summary>
    public bool HasOutBias { get; init; }

    /// <summary>Whether conv1d has a bias.</summary>
    public bool HasConvBias { get; init; } = true;

    /// <summary>Where the norm is.</summary>
    public GatedNormPlace Norm { get; init; } = GatedNormPlace.BehindGate;

    /// <summary>Groups of channels that are normalised apart.</summary>
    public int NormGroups { get; init; } = 1;

    /// <summary>Added to the mean square.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>Least and greatest step size.</summary>
    public (float Least, float Greatest) Steps { get; init; } = (0, float.PositiveInfinity);

    /// <summary>Constant factors of in_proj's rows for z, x, B, C and the step size.</summary>
    public IReadOnlyList<double>? Factors { get; init; }

    /// <inheritdoc/>
    public override string Label => "scan";

    /// <inheritdoc/>
    public override string Words
        => $"{Heads} heads (0 to {Heads - 1}) of {InnerWidth / Heads} channels with {StateSize} states"
        + $"{(Groups == 1 ? "" : $" in {Groups} groups")}, convolution over {ConvWidth} tokens";

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Values =>
    [
        Fact.Value("inner_width", InnerWidth), Fact.Value("heads", Heads), Fact.Value("state_size", StateSize),
        Fact.Value("groups", Groups), Fact.Value("conv_width", ConvWidth),
    ];

    /// <inheritdoc/>
    public override double Linear => ModelWork.Product(1, Width, Projected) + ModelWork.Product(1, InnerWidth, Width);

    /// <inheritdoc/>
    public override MixerWork Work => new HeadScanWork(InnerWidth, StateSize, Heads, Groups);

    /// <inheritdoc/>
    public override (int Inputs, int Outputs) Product => (Width, Projected);

    private int ConvChannels => InnerWidth + (2 * Groups * StateSize);

    private int Projected => InnerWidth + ConvChannels + Heads;

    /// <inheritdoc/>
    public override IMixer Build(WeightSource source, string at)
    {
        var input = Layer(source, at + "in_proj", Projected, Width, HasInBias);
        var conv = source(at + "conv1d.weight", ConvChannels, 1, ConvWidth);
        var convBias = HasConvBias ? source(at + "conv1d.bias", ConvChannels) : null;
        var (step, decay, skip) = (source(at + "dt_bias", Heads), source(at + "A_log", Heads), source(at + "D", Heads));
        HeadScanNorm? norm = Norm == GatedNormPlace.None
            ? null
            : new(source(at + "norm.weight", InnerWidth), NormEpsilon, NormGroups, Norm == GatedNormPlace.BeforeGate);
        var output = Layer(source, at + "out_proj", Width, InnerWidth, HasOutBias);
        return new HeadScanMixer(
            new(input.Matrix, input.Bias, conv, convBias, step, decay, skip, output.Matrix, output.Bias),
            Groups,
            Steps.Least,
            Steps.Greatest,
            norm,
            Factors);
    }
}
