namespace Mambascope.Tracing;

/// <summary>How a mixer moves information between tokens. Two kinds are known here; a model of another library can bring its own.</summary>
/// <param name="Name">One word, as in options and file names.</param>
/// <param name="Noun">In a sentence: "selective scans".</param>
/// <param name="Family">The models that are known for it: "Mamba".</param>
public sealed record MixerKind(string Name, string Noun, string Family)
{
    /// <summary>Selective scans: hidden attention, one matrix a channel (or head) and scan.</summary>
    public static MixerKind Scan { get; } = new("scan", "selective scans", "Mamba");

    /// <summary>Softmax attention, one matrix a head.</summary>
    public static MixerKind Softmax { get; } = new("attention", "softmax attention", "transformers");

    /// <summary>The kind in words, with the models that are known for it.</summary>
    public string Words => $"{Noun} ({Family})";
}

/// <summary>The parts of a mixer that have a token-mixing matrix each.</summary>
/// <param name="Name">"channel" or "head".</param>
/// <param name="Count">How many.</param>
public sealed record MixerUnits(string Name, int Count);

/// <summary>What a mixer is made of, known before any run.</summary>
/// <param name="Kind">How it mixes.</param>
/// <param name="Units">
/// What has a matrix of its own, the finest first: the channels of a scan, then the heads that share a matrix of it; the heads of softmax
/// attention.
/// </param>
/// <param name="Scans">Scans side by side: 1 for a causal Mamba, 2 for Vision Mamba, 0 without scans.</param>
public sealed record MixerShape(MixerKind Kind, IReadOnlyList<MixerUnits> Units, int Scans = 0)
{
    /// <summary>Scans over channels; <paramref name="heads"/> where the channels of a head share step size and decay (Mamba-2).</summary>
    public static MixerShape OfScans(int channels, int? heads = null, int scans = 1)
        => new(MixerKind.Scan, heads is { } count ? [new("channel", channels), new("head", count)] : [new("channel", channels)], scans);

    /// <summary>Softmax attention.</summary>
    public static MixerShape OfSoftmax(int heads) => new(MixerKind.Softmax, [new("head", heads)]);

    /// <summary>How many units of that name there are; null where there are none.</summary>
    public int? Count(string unit) => Units.FirstOrDefault(units => units.Name == unit)?.Count;
}

/// <summary>
/// The mixers of a layer: none for a layer that works on each token alone, two where a scan and attention run side by side.
/// </summary>
/// <param name="Mixers">What each is made of.</param>
public sealed record LayerShape(IReadOnlyList<MixerShape> Mixers)
{
    /// <summary>Experts that a router chooses from; 0 where there are none.</summary>
    public int Experts { get; init; }
}
