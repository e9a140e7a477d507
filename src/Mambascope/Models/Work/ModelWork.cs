namespace Mambascope.Models;

/// <summary>
/// Floating-point operations and bytes of a model, from its sizes alone: linear layers and the mixing of tokens (a forward pass of Vim-S is
/// 10.6 GFLOP, of DeiT-S 9.2 GFLOP). A multiply-add is two operations. What an implementation saves or repeats, or does in double
/// precision, does not change the count.
/// </summary>
public sealed record ModelWork
{
    // Relevance of a linear layer: W+ x+ and W- x- on the way forward, two products with the transposes on the way back.
    private const double RelevanceProducts = 4;

    /// <summary>From the input to the first block's tokens; 0 where vectors are only looked up.</summary>
    public double Embedding { get; init; }

    /// <summary>Linear layers of all blocks, for one token.</summary>
    public required double Linear { get; init; }

    /// <summary>From the token that decides to the scores.</summary>
    public required double Head { get; init; }

    /// <summary>The mixing of tokens in every layer, from the input to the output.</summary>
    public required IReadOnlyList<MixerWork> Mixers { get; init; }

    /// <summary>Linear layers worth timing alone: inputs and outputs of each.</summary>
    public IReadOnlyList<(int Inputs, int Outputs)> Products { get; init; } = [];

    /// <summary>Outputs of the linear layers that one token passes; null where it passes every matrix that there is.</summary>
    public double? Outputs { get; init; }

    /// <summary>
    /// Bytes of weights that one token needs, in memory: all but a table that vectors are only looked up in, and of experts those that it
    /// is sent to.
    /// </summary>
    public required double Bytes { get; init; }

    /// <summary>(M, K) times (K, N).</summary>
    public static double Product(int rows, int inner, int columns) => 2.0 * rows * inner * columns;

    /// <summary>Forward pass of an input of L tokens, one of which is scored.</summary>
    public double Forward(int tokens) => Embedding + (tokens * Linear) + Mixers.Sum(mixer => mixer.Forward(tokens)) + Head;

    /// <summary>Gradients of a score at the tokens and at every mixer, without gradients of weights.</summary>
    public double Backward(int tokens) => (tokens * Linear) + Mixers.Sum(mixer => mixer.Backward(tokens)) + Head;

    /// <summary>A row of every matrix in every layer: raw attention.</summary>
    public double Rows(int tokens) => Rows(tokens, firstLayer: 0);

    /// <summary>A row of every matrix from a layer on.</summary>
    public double Rows(int tokens, int firstLayer) => Mixers.Skip(firstLayer).Sum(mixer => mixer.Row(tokens));

    /// <summary>A vector through the mean matrices of all layers: a rollout.</summary>
    public double Rollout(int tokens) => Mixers.Sum(mixer => mixer.Product(tokens));

    /// <summary>Every entry of every matrix of all layers.</summary>
    public double Matrices(int tokens) => Mixers.Sum(mixer => mixer.Matrices(tokens));

    /// <summary>Relevance of every layer by rules of LRP.</summary>
    public double Relevance(int tokens)
        => (RelevanceProducts * ((tokens * Linear) + Head)) + (2 * Mixers.Sum(mixer => mixer.Forward(tokens)));
}
