using Mambascope.Models.Mixers;

namespace Mambascope.Models;

/// <summary>
/// One kind of mixer or MLP of a <see cref="Decoder"/>, by its sizes alone: how it is called in a checkpoint and built, what it is, and
/// what it costs.
/// </summary>
internal abstract record PartShape
{
    /// <summary>What it is, in one word: "scan", "attention", "MLP", "experts".</summary>
    public abstract string Label { get; }

    /// <summary>Its sizes, in words.</summary>
    public abstract string Words { get; }

    /// <summary>Its sizes, for programs.</summary>
    public abstract IEnumerable<KeyValuePair<string, object?>> Values { get; }

    /// <summary>Operations of its linear layers, for one token.</summary>
    public abstract double Linear { get; }

    /// <summary>Operations of its mixing of tokens; null where there is none.</summary>
    public virtual MixerWork? Work => null;

    /// <summary>Its largest linear layer, inputs and outputs.</summary>
    public abstract (int Inputs, int Outputs) Product { get; }

    /// <summary>The part around weights whose names begin with <paramref name="at"/>.</summary>
    public abstract IMixer Build(WeightSource source, string at);

    /// <summary>A matrix and, where there is one, its bias.</summary>
    private protected static LinearWeights Layer(WeightSource source, string name, int outputs, int inputs, bool hasBias)
        => new(source(name + ".weight", outputs, inputs), hasBias ? source(name + ".bias", outputs) : null);
}
