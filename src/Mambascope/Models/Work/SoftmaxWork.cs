namespace Mambascope.Models;

/// <summary>Operations of softmax attention: its two products; softmax itself is left out.</summary>
/// <param name="Width">Channels of all heads together, d.</param>
/// <param name="Heads">Heads, H.</param>
/// <param name="IsCausal">Whether a token sees only itself and what came before it.</param>
internal sealed record SoftmaxWork(int Width, int Heads, bool IsCausal) : MixerWork
{
    // q k and A v.
    private const double Products = 2;

    /// <inheritdoc/>
    public override double Forward(int tokens) => Products * 2 * Pairs(tokens) * Width;

    /// <summary>Each product has two operands.</summary>
    public override double Backward(int tokens) => 2 * Forward(tokens);

    /// <summary>The probabilities are there: their mean over heads.</summary>
    public override double Row(int tokens) => (double)Heads * tokens;

    /// <summary>The mean over heads, and a vector times it.</summary>
    public override double Product(int tokens) => (Heads + 2.0) * tokens * tokens;

    /// <inheritdoc/>
    public override double Matrices(int tokens) => (double)Heads * tokens * tokens;

    private double Pairs(int tokens) => IsCausal ? tokens * (tokens + 1.0) / 2 : (double)tokens * tokens;
}
