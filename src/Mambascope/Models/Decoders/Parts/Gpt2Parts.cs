using Mambascope.Models.Mixers;

namespace Mambascope.Models;

/// <summary>GPT-2's attention: one projection to queries, keys and values, in this order.</summary>
/// <param name="Width">Width of the residual stream, d.</param>
/// <param name="Heads">Heads, H.</param>
internal sealed record Gpt2AttentionShape(int Width, int Heads) : PartShape
{
    /// <inheritdoc/>
    public override string Label => "attention";

    /// <inheritdoc/>
    public override string Words => $"{Heads} heads (0 to {Heads - 1}) of {Width / Heads} channels";

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Values
        => [Fact.Value("attention_heads", Heads), Fact.Value("key_heads", Heads), Fact.Value("head_width", Width / Heads)];

    /// <inheritdoc/>
    public override double Linear => ModelWork.Product(4, Width, Width);

    /// <inheritdoc/>
    public override MixerWork Work => new SoftmaxWork(Width, Heads, IsCausal: true);

    /// <inheritdoc/>
    public override (int Inputs, int Outputs) Product => (Width, 3 * Width);

    /// <inheritdoc/>
    public override IMixer Build(WeightSource source, string at)
    {
        var qkv = Gpt2Names.Layer(source, at + "c_attn", 3 * Width, Width);
        var output = Gpt2Names.Layer(source, at + "c_proj", Width, Width);
        return new SoftmaxMixer(
            new FusedInputs(qkv.Matrix, qkv.Bias, QkvLayout.ByKind, Heads),
            output.Matrix,
            output.Bias,
            new(Heads, Heads, Width / Heads, IsCausal: true));
    }
}

/// <summary>GPT-2's MLP.</summary>
/// <param name="Width">Width of the residual stream, d.</param>
/// <param name="InnerWidth">Width of the MLP.</param>
/// <param name="Activation">What stands between its layers.</param>
internal sealed record Gpt2MlpShape(int Width, int InnerWidth, MlpActivation Activation) : PartShape
{
    /// <inheritdoc/>
    public override string Label => "MLP";

    /// <inheritdoc/>
    public override string Words => $"width {InnerWidth}, GELU";

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Values => [Fact.Value("mlp_width", InnerWidth)];

    /// <inheritdoc/>
    public override double Linear => ModelWork.Product(2, Width, InnerWidth);

    /// <inheritdoc/>
    public override (int Inputs, int Outputs) Product => (Width, InnerWidth);

    /// <inheritdoc/>
    public override IMixer Build(WeightSource source, string at)
    {
        var first = Gpt2Names.Layer(source, at + "c_fc", InnerWidth, Width);
        var second = Gpt2Names.Layer(source, at + "c_proj", Width, InnerWidth);
        return new Mlp(first.Matrix, first.Bias, second.Matrix, second.Bias, Activation);
    }
}

/// <summary>
/// GPT-2's files hold matrices as (inputs, outputs). Here they are turned and have names of their own, so that a file that was written from
/// here cannot be taken for one of the release.
/// </summary>
internal static class Gpt2Names
{
    /// <summary>What the name of a turned matrix ends with, in place of ".weight".</summary>
    public const string Turned = ".rows.weight";

    /// <summary>A layer with a bias.</summary>
    public static LinearWeights Layer(WeightSource source, string name, int outputs, int inputs)
        => new(source(name + Turned, outputs, inputs), source(name + ".bias", outputs));
}
