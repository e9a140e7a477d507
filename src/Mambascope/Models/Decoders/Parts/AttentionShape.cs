using Mambascope.Models.Mixers;

namespace Mambascope.Models;

/// <summary>Causal softmax attention whose query heads share keys and values in groups.</summary>
/// <param name="Width">Width of the residual stream, d.</param>
/// <param name="Softmax">Heads, rotation, scale.</param>
internal sealed record AttentionShape(int Width, SoftmaxShape Softmax) : PartShape
{
    /// <summary>Whether the projections to queries, keys and values have biases.</summary>
    public bool HasInBias { get; init; }

    /// <summary>Whether the projection back has a bias.</summary>
    public bool HasOutBias { get; init; }

    /// <inheritdoc/>
    public override string Label => "attention";

    /// <inheritdoc/>
    public override string Words
        => $"{Softmax.Heads} heads (0 to {Softmax.Heads - 1}) of {Softmax.HeadWidth} channels"
        + (Softmax.KeyHeads == Softmax.Heads ? "" : $", keys and values of {Softmax.KeyHeads}")
        + (Softmax.Rotary is { } rotary
            ? rotary.Channels == Softmax.HeadWidth ? ", rotated by position" : $", {rotary.Channels} of them rotated by position"
            : ", not rotated");

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Values =>
    [
        Fact.Value("attention_heads", Softmax.Heads), Fact.Value("key_heads", Softmax.KeyHeads),
        Fact.Value("head_width", Softmax.HeadWidth), Fact.Value("rotated_channels", Softmax.Rotary?.Channels ?? 0),
    ];

    /// <inheritdoc/>
    public override double Linear => ModelWork.Product(2, Width, Queries) + ModelWork.Product(2, Width, Keys);

    /// <inheritdoc/>
    public override MixerWork Work => new SoftmaxWork(Queries, Softmax.Heads, IsCausal: true);

    /// <inheritdoc/>
    public override (int Inputs, int Outputs) Product => (Width, Queries);

    private int Queries => Softmax.Heads * Softmax.HeadWidth;

    private int Keys => Softmax.KeyHeads * Softmax.HeadWidth;

    /// <inheritdoc/>
    public override IMixer Build(WeightSource source, string at)
    {
        SeparateInputs inputs = new(
            Layer(source, at + "q_proj", Queries, Width, HasInBias),
            Layer(source, at + "k_proj", Keys, Width, HasInBias),
            Layer(source, at + "v_proj", Keys, Width, HasInBias));
        var output = Layer(source, at + "o_proj", Width, Queries, HasOutBias);
        return new SoftmaxMixer(inputs, output.Matrix, output.Bias, Softmax);
    }
}
