using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>
/// Edges of a model's attention that are cut during a run: in the chosen layers, the chosen output tokens get nothing from the chosen
/// sources through the scan (or the softmax attention); skip and residual stream stay, and the convolution in front of a scan, which
/// passes each token on to the next few, unless its taps are cut too. All later layers see the consequences, so the change of the
/// prediction is what these edges cause. In a hybrid the mixers of one kind can be cut alone. Or, in place of edges, experts that give the
/// chosen output tokens nothing.
/// </summary>
public sealed record Knockout
{
    /// <summary>Tokens whose contribution is cut, from 0.</summary>
    public required IReadOnlyList<int> Sources { get; init; }

    /// <summary>Output tokens that no longer get it; null for every token after each source.</summary>
    public IReadOnlyList<int>? Targets { get; init; }

    /// <summary>Layers in which it is cut, from 0; null for all.</summary>
    public IReadOnlyList<int>? Layers { get; init; }

    /// <summary>The kind of mixer in which it is cut; null for all.</summary>
    public MixerKind? Kind { get; init; }

    /// <summary>Heads in which it is cut, from 0, of mixers that have heads; null for all mixers and heads.</summary>
    public IReadOnlyList<int>? Heads { get; init; }

    /// <summary>Experts that give nothing, from 0; then no edges are cut.</summary>
    public IReadOnlyList<int>? Experts { get; init; }

    /// <summary>Whether a token that is both source and output loses what it takes from itself too.</summary>
    public bool CutsSelf { get; init; }

    /// <summary>
    /// Whether the taps of the convolution in front of a scan are cut along with the scan. With heads named, those of their own channels; B
    /// and C are of all heads and keep theirs. What a source makes a scan forget stays.
    /// </summary>
    public bool CutsTaps { get; init; }

    /// <summary>Whether the edge from <paramref name="source"/> to <paramref name="output"/> is cut.</summary>
    public bool Cuts(int output, int source)
        => Sources.Contains(source)
        && (output == source ? CutsSelf && (Targets?.Contains(output) ?? true) : Targets?.Contains(output) ?? output > source);

    /// <summary>Refuses what does not exist.</summary>
    /// <exception cref="BadInputException">A source, target, layer, kind, head or expert does not exist.</exception>
    internal void Check(int length, ModelShape model)
    {
        var depth = model.Layers.Count;
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

        if (Kind is { } kind && !model.Has(kind))
        {
            throw new BadInputException($"kind {kind.Name} was asked for; this model has {model.Words}");
        }

        LayerShape[] where = [.. model.Layers.Where((_, layer) => ActsIn(layer))];
        var mixers = where.SelectMany(layer => layer.Mixers).Where(mixer => Kind is null || mixer.Kind == Kind);
        if (CutsTaps && !mixers.Any(mixer => mixer.Kind == MixerKind.Scan))
        {
            throw new BadInputException("taps are of the convolution in front of a scan; the layers have no scan to cut");
        }

        var heads = mixers.Max(mixer => mixer.Count("head")) ?? 0;
        if (Heads?.Count > 0 && Heads.Max() >= heads)
        {
            throw new BadInputException(heads == 0
                ? $"head {Heads.Max()} does not exist: the layers have no heads"
                : $"head {Heads.Max()} does not exist; the layers have heads 0 to {heads - 1}");
        }

        var experts = where.Max(layer => layer.Experts);
        if (Experts?.Count > 0 && Experts.Max() >= experts)
        {
            throw new BadInputException(experts == 0
                ? $"expert {Experts.Max()} does not exist: the layers have no experts"
                : $"expert {Experts.Max()} does not exist; the layers have experts 0 to {experts - 1}");
        }
    }

    /// <summary>Whether it acts on what a token hears from another, or from an expert.</summary>
    internal bool ActsOn(MixerShape? mixer)
        => mixer is null
            ? Experts is not null
            : Experts is null && (Kind is null || Kind == mixer.Kind) && (Heads is null || mixer.Count("head") is not null);

    /// <summary>Whether it acts in a head.</summary>
    internal bool ActsInHead(int head) => Heads is null || Heads.Contains(head);

    /// <summary>Whether it takes an expert from an output token.</summary>
    internal bool Takes(int expert, int token) => Experts!.Contains(expert) && (Targets?.Contains(token) ?? true);

    internal bool ActsIn(int layer) => Layers is null || Layers.Contains(layer);
}
