using Mambascope.Attention;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Application;

/// <summary>Which attention matrix of a run is wanted.</summary>
public sealed record AttentionRequest
{
    /// <summary>Layer, from 0 at the input; with a stage, from 0 at its first.</summary>
    public required int Layer { get; init; }

    /// <summary>Stage in which the layer is counted, of a model with stages; null to count through all of them.</summary>
    public int? Stage { get; init; }

    /// <summary>In a layer of several mixers, the kind that is shown; null for all of them.</summary>
    public MixerKind? Kind { get; init; }

    /// <summary>One channel, in place of a mean over all.</summary>
    public int? Channel { get; init; }

    /// <summary>The mean over so many channels that attend most in one token's row, in place of all.</summary>
    public int? TopChannels { get; init; }

    /// <summary>The token whose row ranks channels; null for the class token, of a text for the last.</summary>
    public int? Token { get; init; }

    /// <summary>One head, in place of a mean over all.</summary>
    public int? Head { get; init; }

    /// <summary>The scan alone, or the whole mixer.</summary>
    public AttentionView View { get; init; } = AttentionView.S6;

    /// <summary>Directions of the scan.</summary>
    public ScanDirections Directions { get; init; } = ScanDirections.Both;

    /// <summary>What is done to the signs before the mean is taken.</summary>
    public SignRule Sign { get; init; } = SignRule.Keep;

    /// <summary>Of a text of any length: what tokens are joined to; null for single tokens.</summary>
    public Func<ReadText, IReadOnlyList<ShownPiece>>? Blocks { get; init; }

    /// <summary>Whether a mixer is of the kind that is shown, and has what was asked for.</summary>
    internal bool IsShown(MixerShape mixer)
        => (Kind is null || mixer.Kind == Kind) && ((Channel ?? TopChannels) is null || mixer.Count("channel") is not null);

    /// <summary>Refuses what the model does not have.</summary>
    /// <exception cref="BadInputException">A layer, head or channel does not exist.</exception>
    public void Check(LoadedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (name, facts) = (model.Name, model.Model.Facts);
        if (Stage is not null && (facts.Stages is not { } stages || Stage >= stages.Count))
        {
            throw new BadInputException(facts.Stages is null
                ? $"{name} has no stages; count its layers with --layer alone"
                : $"stage {Stage} does not exist; {name} has stages 0 to {facts.Stages.Count - 1}");
        }

        var depth = Stage is { } stage ? facts.Stages![stage] : model.Model.Depth;
        if (Layer >= depth)
        {
            throw new BadInputException(
                $"layer {Layer} does not exist; {(Stage is { } at ? $"stage {at} of {name}" : name)} has layers 0 to {depth - 1}");
        }

        var number = LayerOf(facts);
        var shape = model.Model.Shape;
        if (Kind is { } kind && !shape.Has(kind))
        {
            throw new BadInputException($"--kind {kind.Name}: {name} has {shape.Words}");
        }

        if (shape.Layers[number].Mixers.All(mixer => !IsShown(mixer)))
        {
            var others = Enumerable.Range(0, depth).Where(layer => shape.Layers[layer].Mixers.Any(IsShown)).ToArray();
            throw new BadInputException(
                $"layer {Layer} of {name} has no {(Kind is { } wanted ? wanted.Noun : "part that mixes tokens")}"
                    + (others.Length == 0 ? "" : $"; layers that have: {string.Join(", ", others)}"));
        }

        // In a hybrid layers differ in what they have.
        var least = shape.Layers[number].Mixers.Where(IsShown).Min(mixer => mixer.Count("head") ?? 0);
        if (shape.Kinds.Count > 1 && Head is { } head && head >= least)
        {
            throw new BadInputException(least == 0
                ? $"a mixer of layer {Layer} has no heads; show one kind with --kind"
                : $"head {head} does not exist; layer {Layer} has heads 0 to {least - 1}");
        }

        var channels =
            shape.Layers[number].Mixers.Where(IsShown).Select(mixer => mixer.Count("channel")).FirstOrDefault() ?? facts.Channels;

        if (Head >= facts.Heads)
        {
            throw new BadInputException($"head {Head} does not exist; {name} has heads 0 to {facts.Heads - 1}");
        }

        if (Channel >= channels)
        {
            throw new BadInputException($"channel {Channel} does not exist; {name} has channels 0 to {channels - 1}");
        }

        if (TopChannels > channels)
        {
            throw new BadInputException($"--top-channels {TopChannels}: {name} has {channels} channels");
        }
    }

    /// <summary>The layer counted through all stages.</summary>
    internal int LayerOf(ModelFacts facts) => Layer + (Stage is { } stage ? facts.Stages!.Take(stage).Sum() : 0);
}
