namespace Mambascope.Tracing;

/// <summary>
/// What a model's layers are made of, known before any run: which methods can explain it depends on this and on nothing else.
/// </summary>
public sealed class ModelShape
{
    /// <summary>States the layers, from input to output.</summary>
    public ModelShape(IReadOnlyList<LayerShape> layers)
    {
        Layers = layers;
        Kinds = [.. layers.SelectMany(layer => layer.Mixers).Select(mixer => mixer.Kind).Distinct()];
    }

    /// <summary>A model of one layer a kind, for what can be asked without a model: what explains such models, in a help text.</summary>
    public static ModelShape Of(params IEnumerable<MixerKind> kinds) => new([.. kinds.Select(kind => new LayerShape([new(kind, [])]))]);

    /// <summary>The layers, from input to output.</summary>
    public IReadOnlyList<LayerShape> Layers { get; }

    /// <summary>Whether layers read behind RMS norms; behind layer norms, or without norms, where not.</summary>
    public bool HasRmsNorms { get; init; }

    /// <summary>
    /// Whether tokens are joined between stages and the head reads their mean (VMamba): see <see cref="Trace{T}.IsStaged"/>.
    /// </summary>
    public bool HasStages { get; init; }

    /// <summary>The kinds of mixer that occur, each once.</summary>
    public IReadOnlyList<MixerKind> Kinds { get; }

    /// <summary>Whether every mixer is of that kind, and there is one.</summary>
    public bool IsOnly(MixerKind kind) => Kinds.Count == 1 && Kinds[0] == kind;

    /// <summary>Whether a mixer of that kind occurs.</summary>
    public bool Has(MixerKind kind) => Kinds.Contains(kind);

    /// <summary>What the model has, in words.</summary>
    public string Words => InWords(Kinds);

    /// <summary>Kinds of mixer in words.</summary>
    public static string InWords(IReadOnlyList<MixerKind> kinds)
        => kinds.Count switch
        {
            0 => "nothing that mixes tokens",
            1 => kinds[0].Words,
            _ => string.Join(" and ", kinds.Select(kind => kind.Noun)),
        };
}
