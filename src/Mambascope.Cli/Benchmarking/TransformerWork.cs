using Mambascope.Models;

namespace Mambascope.Cli.Benchmarking;

/// <summary>
/// Floating-point operations of each thing that is timed on a transformer, from its sizes alone: linear layers and attention products (a
/// forward pass of DeiT-S is 9.2 GFLOP). Norms, softmax and GELU are left out. What an implementation saves or repeats, or does in double
/// precision, does not change the count.
/// </summary>
internal sealed class TransformerWork(VisionTransformerConfig sizes)
{
    // Relevance of a linear layer: W+ x+ and W- x- on the way forward, two products with the transposes on the way back.
    private const double RelevanceProducts = 4;

    /// <summary>Forward pass.</summary>
    internal double Forward => Patches + Layers + AttentionProducts + Head;

    /// <summary>Gradients of a score at the tokens and at every attention matrix, without gradients of weights: each attention product has two operands.</summary>
    internal double Backward => Layers + (2 * AttentionProducts) + Head;

    /// <summary>Mean over heads of the class token's row in every layer.</summary>
    internal double Rows => (double)sizes.Depth * sizes.Heads * sizes.Length;

    /// <summary>Mean over heads of every matrix, and a vector times each.</summary>
    internal double Rollout => sizes.Depth * ((sizes.Heads + 2.0) * sizes.Length * sizes.Length);

    /// <summary>Forward pass, gradients, relevance of every layer, product of the layers.</summary>
    internal double Attribution => Forward + Backward + (RelevanceProducts * (Layers + Head)) + (2 * AttentionProducts) + Rollout;

    private double Patches => Work.Product(sizes.Patches, sizes.Channels * sizes.PatchSize * sizes.PatchSize, sizes.Width);

    private double Head => Work.Product(1, sizes.Width, sizes.Classes);

    private double Layers => sizes.Depth * (Work.Product(sizes.Length, sizes.Width, 4 * sizes.Width) + (2 * Work.Product(sizes.Length, sizes.Width, sizes.MlpWidth)));

    // q k and A v of all heads.
    private double AttentionProducts => 2.0 * sizes.Depth * Work.Product(sizes.Length, sizes.Width, sizes.Length);
}
