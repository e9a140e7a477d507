using Mambascope.Models.Mixers;

namespace Mambascope.Models;

/// <summary>Jamba's Mamba-1 mixer: RMS norms between x_proj and what reads the step size, B and C.</summary>
/// <param name="Width">Width of the residual stream, d.</param>
/// <param name="InnerWidth">Channels, E.</param>
/// <param name="StateSize">States of a channel, N.</param>
/// <param name="StepRank">Rank of the step size, R.</param>
/// <param name="ConvWidth">Taps of the convolution, K.</param>
/// <param name="NormEpsilon">Added to the mean square.</param>
/// <param name="HasInBias">Whether in_proj has a bias.</param>
/// <param name="HasOutBias">Whether out_proj has a bias.</param>
/// <param name="HasConvBias">Whether conv1d has a bias.</param>
internal sealed record InnerNormScanShape(
    int Width, int InnerWidth, int StateSize, int StepRank, int ConvWidth, float NormEpsilon, bool HasInBias, bool HasOutBias,
    bool HasConvBias) : PartShape
{
    /// <inheritdoc/>
    public override string Label => "scan";

    /// <inheritdoc/>
    public override string Words
        => $"{InnerWidth} channels (0 to {InnerWidth - 1}) with {StateSize} states, step size of rank {StepRank}, convolution over "
        + $"{ConvWidth} tokens";

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Values =>
    [
        Fact.Value("inner_width", InnerWidth), Fact.Value("state_size", StateSize), Fact.Value("dt_rank", StepRank),
        Fact.Value("conv_width", ConvWidth),
    ];

    /// <inheritdoc/>
    public override double Linear
        => ModelWork.Product(1, Width, 2 * InnerWidth)
        + ModelWork.Product(1, InnerWidth, StepRank + (2 * StateSize))
        + ModelWork.Product(1, StepRank, InnerWidth)
        + ModelWork.Product(1, InnerWidth, Width);

    /// <inheritdoc/>
    public override MixerWork Work => new ScanWork(1, InnerWidth, StateSize);

    /// <inheritdoc/>
    public override (int Inputs, int Outputs) Product => (Width, 2 * InnerWidth);

    /// <inheritdoc/>
    public override IMixer Build(WeightSource source, string at)
    {
        var (E, N, R) = (InnerWidth, StateSize, StepRank);
        var input = Layer(source, at + "in_proj", 2 * E, Width, HasInBias);
        S6Scan scan = new(
            source(at + "conv1d.weight", E, 1, ConvWidth),
            HasConvBias ? source(at + "conv1d.bias", E) : null,
            source(at + "x_proj.weight", R + (2 * N), E),
            source(at + "dt_proj.weight", E, R),
            source(at + "dt_proj.bias", E),
            source(at + "A_log", E, N),
            source(at + "D", E));
        S6InnerNorms norms = new(
            source(at + "dt_layernorm.weight", R), source(at + "b_layernorm.weight", N), source(at + "c_layernorm.weight", N), NormEpsilon);
        var output = Layer(source, at + "out_proj", Width, E, HasOutBias);
        return new S6Mixer(input.Matrix, input.Bias, [scan], output.Matrix, output.Bias, norms: norms);
    }
}
