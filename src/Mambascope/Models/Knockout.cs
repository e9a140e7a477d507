namespace Mambascope.Models;

/// <summary>
/// Edges of a model's attention that are cut during a run: in the chosen layers, the chosen output tokens get nothing from the chosen
/// sources through the scan (or the softmax attention); convolution, skip and residual stream stay. All later layers see the consequences,
/// so the change of the prediction is what these edges cause.
/// </summary>
public sealed record Knockout
{
    /// <summary>Tokens whose contribution is cut, from 0.</summary>
    public required IReadOnlyList<int> Sources { get; init; }

    /// <summary>Output tokens that no longer get it; null for every token after each source.</summary>
    public IReadOnlyList<int>? Targets { get; init; }

    /// <summary>Layers in which it is cut, from 0; null for all.</summary>
    public IReadOnlyList<int>? Layers { get; init; }

    /// <summary>Whether a token that is both source and output loses what it takes from itself too.</summary>
    public bool CutsSelf { get; init; }

    /// <summary>Whether the edge from <paramref name="source"/> to <paramref name="output"/> is cut.</summary>
    public bool Cuts(int output, int source)
        => Sources.Contains(source)
        && (output == source ? CutsSelf && (Targets?.Contains(output) ?? true) : Targets?.Contains(output) ?? output > source);

    /// <summary>Refuses tokens and layers that do not exist.</summary>
    /// <exception cref="BadInputException">A source, target or layer does not exist.</exception>
    internal void Check(int length, int depth)
    {
        foreach (var token in Sources.Concat(Targets ?? []))
        {
            if (token < 0 || token >= length)
            {
                throw new BadInputException($"token {token} cannot be knocked out: the text has tokens 0 to {length - 1}");
            }
        }

        foreach (var layer in Layers ?? [])
        {
            if (layer < 0 || layer >= depth)
            {
                throw new BadInputException($"layer {layer} does not exist; the model has layers 0 to {depth - 1}");
            }
        }
    }

    internal bool ActsIn(int layer) => Layers is null || Layers.Contains(layer);
}
