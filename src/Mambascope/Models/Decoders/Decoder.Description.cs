using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <content>What the model is, and what it costs.</content>
internal sealed partial class Decoder
{
    /// <inheritdoc/>
    public override ModelFacts Facts => new()
    {
        Name = shape.ModelType,
        Kind = shape.Kind,
        Title = $"{shape.Kind} language model{Mixture}",
        Width = shape.Width,
        Channels = Count("channel"),
        Heads = Count("head"),
        Rows =
        [
            .. shape.Parts.GroupBy(entry => entry.Part.Shape).Select(group => new Fact(
                group.Key.Label,
                $"{group.Key.Words}; {InLayers([.. group.Select(entry => entry.Block)])}",
                [.. group.Key.Values, Fact.Value($"{group.Key.Label.ToLowerInvariant()}_layers", group.Count())])),
        ],
    };

    /// <inheritdoc/>
    public override ModelWork Work => new()
    {
        Linear = shape.Parts.Sum(entry => entry.Part.Shape.Linear),
        Head = ModelWork.Product(1, shape.Width, shape.VocabularySize),
        Mixers = [.. shape.Parts.Select(entry => entry.Part.Shape.Work).OfType<MixerWork>()],
        Products = [.. shape.Parts.Select(entry => entry.Part.Shape.Product).Distinct().Take(1)],
        Outputs = AllWeights.Where(weight => weight.Shape is [_, _]).Sum(weight => weight.Rows * PassedShare(weight)),
        Bytes = AllWeights.Where(weight => weight != EmbeddingTable || weight == HeadTable)
            .Sum(weight => weight.ByteLength * PassedShare(weight)),
    };

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object> Settings => shape.Settings;

    // Of experts a token passes those that it is sent to.
    private double PassedShare(Weight weight)
    {
        foreach (var (_, part) in shape.Parts)
        {
            if (part.Shape is ExpertsShape experts && weight.Name.StartsWith(part.At + experts.ExpertsAt, StringComparison.Ordinal))
            {
                return (double)experts.Chosen / experts.Count;
            }
        }

        return 1;
    }

    private string Mixture
        => Shape.Has(MixerKind.Scan) && Shape.Has(MixerKind.Softmax)
            ? Shape.Layers.Any(layer => layer.Mixers.Count > 1) ? ", scans beside attention" : ", scans and attention in turn"
            : Shape.Has(MixerKind.Scan) ? "" : ", without scans";

    // As many as any layer has; null where none has such units.
    private int? Count(string unit)
        => Shape.Layers.SelectMany(layer => layer.Mixers).Max(mixer => mixer.Count(unit));

    // "layers 0 to 3", "layers 1, 4", "all layers".
    private string InLayers(int[] layers)
        => layers.Length == Depth ? "all layers"
        : layers is [var only] ? $"layer {only}"
        : layers[^1] - layers[0] == layers.Length - 1 ? $"layers {layers[0]} to {layers[^1]}"
        : $"layers {string.Join(", ", layers)}";
}
