using Mambascope.Models.Mixers;

namespace Mambascope.Models;

/// <summary>Kinds of MLP.</summary>
internal enum MlpKind
{
    /// <summary>down( up(r) ⊙ silu( gate(r) ) ), from gate_proj, up_proj and down_proj.</summary>
    Gated,

    /// <summary>The same; input_linear holds the rows of gate, then those of up, and output_linear is down.</summary>
    GatedHalves,

    /// <summary>down( max(up(r), 0)² ), from up_proj and down_proj.</summary>
    ReluSquared,
}

/// <summary>An MLP, by itself or as an expert.</summary>
/// <param name="Kind">Kind.</param>
/// <param name="Width">Width of the stream, d.</param>
/// <param name="InnerWidth">Width of the MLP.</param>
internal sealed record MlpShape(MlpKind Kind, int Width, int InnerWidth) : PartShape
{
    /// <summary>Whether its layers have biases.</summary>
    public bool HasBias { get; init; }

    /// <summary>Constant factor in front of the gate's SiLU.</summary>
    public double GateFactor { get; init; } = 1;

    /// <inheritdoc/>
    public override string Label => "MLP";

    /// <inheritdoc/>
    public override string Words => $"width {InnerWidth}, {(Kind == MlpKind.ReluSquared ? "squared ReLU" : "gated by SiLU")}";

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Values => [Fact.Value("mlp_width", InnerWidth)];

    /// <inheritdoc/>
    public override double Linear => ModelWork.Product(Kind == MlpKind.ReluSquared ? 2 : 3, Width, InnerWidth);

    /// <inheritdoc/>
    public override (int Inputs, int Outputs) Product => (Width, Kind == MlpKind.GatedHalves ? 2 * InnerWidth : InnerWidth);

    /// <inheritdoc/>
    public override IMixer Build(WeightSource source, string at)
    {
        switch (Kind)
        {
            case MlpKind.Gated:
                var gate = Layer(source, at + "gate_proj", InnerWidth, Width, HasBias);
                var up = Layer(source, at + "up_proj", InnerWidth, Width, HasBias);
                return new GatedMlp(gate, up, Layer(source, at + "down_proj", Width, InnerWidth, HasBias), GateFactor);
            case MlpKind.GatedHalves:
                var both = Layer(source, at + "input_linear", 2 * InnerWidth, Width, HasBias);
                return new GatedMlp(both, up: null, Layer(source, at + "output_linear", Width, InnerWidth, HasBias), GateFactor);
            default:
                var first = Layer(source, at + "up_proj", InnerWidth, Width, HasBias);
                var second = Layer(source, at + "down_proj", Width, InnerWidth, HasBias);
                return new Mlp(first.Matrix, first.Bias, second.Matrix, second.Bias, MlpActivation.ReluSquared);
        }
    }
}
