using Mambascope.Attention;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Application;

/// <summary>Which attention matrix of a run is wanted.</summary>
public sealed record AttentionRequest
{
    /// <summary>Layer, from 0 at the input.</summary>
    public required int Layer { get; init; }

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
        var (name, facts, depth) = (model.Name, model.Model.Facts, model.Model.Depth);
        if (Layer >= depth)
        {
            throw new BadInputException($"layer {Layer} does not exist; {name} has layers 0 to {depth - 1}");
        }

        var shape = model.Model.Shape;
        if (Kind is { } kind && !shape.Has(kind))
        {
            throw new BadInputException($"--kind {kind.Name}: {name} has {shape.Words}");
        }

        if (shape.Layers[Layer].Mixers.All(mixer => !IsShown(mixer)))
        {
            var others = Enumerable.Range(0, depth).Where(layer => shape.Layers[layer].Mixers.Any(IsShown)).ToArray();
            throw new BadInputException(
                $"layer {Layer} of {name} has no {(Kind is { } wanted ? wanted.Noun : "part that mixes tokens")}"
                    + (others.Length == 0 ? "" : $"; layers that have: {string.Join(", ", others)}"));
        }

        // In a hybrid layers differ in what they have.
        var least = shape.Layers[Layer].Mixers.Where(IsShown).Min(mixer => mixer.Count("head") ?? 0);
        if (shape.Kinds.Count > 1 && Head is { } head && head >= least)
        {
            throw new BadInputException(least == 0
                ? $"a mixer of layer {Layer} has no heads; show one kind with --kind"
                : $"head {head} does not exist; layer {Layer} has heads 0 to {least - 1}");
        }

        if (Head >= facts.Heads)
        {
            throw new BadInputException($"head {Head} does not exist; {name} has heads 0 to {facts.Heads - 1}");
        }

        if (Channel >= facts.Channels)
        {
            throw new BadInputException($"channel {Channel} does not exist; {name} has channels 0 to {facts.Channels - 1}");
        }

        if (TopChannels > facts.Channels)
        {
            throw new BadInputException($"--top-channels {TopChannels}: {name} has {facts.Channels} channels");
        }
    }
}
