using System.Numerics;
using Mambascope.Attribution;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Application;

/// <summary>What is to be cut off in a text, and whose fate is watched.</summary>
public sealed record KnockoutRequest
{
    /// <summary>Tokens that are cut off together; null for each piece of the text in turn.</summary>
    public IReadOnlyList<int>? Sources { get; init; }

    /// <summary>Tokens that no longer hear them; null for all after them.</summary>
    public IReadOnlyList<int>? Outputs { get; init; }

    /// <summary>Where; null for all layers.</summary>
    public IReadOnlyList<int>? Layers { get; init; }

    /// <summary>The kind of mixer that is cut; null for all.</summary>
    public MixerKind? Kind { get; init; }

    /// <summary>Heads that are cut; null for all.</summary>
    public IReadOnlyList<int>? Heads { get; init; }

    /// <summary>Experts that give nothing, in place of tokens that are cut off; null for none.</summary>
    public IReadOnlyList<int>? Experts { get; init; }

    /// <summary>Whether a token loses what it takes from itself.</summary>
    public bool CutsSelf { get; init; }

    /// <summary>Whether the taps of convolutions in front of scans are cut, too.</summary>
    public bool CutsTaps { get; init; }

    /// <summary>Token after which the next one is asked for; null for the last.</summary>
    public int? Position { get; init; }

    /// <summary>Token that is watched, by id or name; null for the most likely one.</summary>
    public string? Target { get; init; }

    /// <summary>What is cut off in turn; null for single tokens.</summary>
    public Func<ReadText, IReadOnlyList<ShownPiece>>? Pieces { get; init; }
}

/// <summary>What tokens cause: a text run with tokens cut off, all at once or in turn.</summary>
/// <param name="Model">Who read.</param>
/// <param name="Request">What was asked.</param>
/// <param name="Subject">What was read, up to the position that was asked for.</param>
/// <param name="Position">Token after which the next one is asked for.</param>
/// <param name="Pieces">What was cut off: one piece where the sources were named.</param>
/// <param name="Effects">What each did.</param>
public sealed record KnockoutTrial(
    TextModel Model,
    KnockoutRequest Request,
    TextSubject Subject,
    int Position,
    IReadOnlyList<ShownPiece> Pieces,
    IReadOnlyList<KnockoutEffect> Effects)
{
    /// <summary>Runs the trial.</summary>
    /// <exception cref="BadInputException">A token, layer, position or name does not exist.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static KnockoutTrial Run<T>(
        TextModel model, TextSubject subject, KnockoutRequest request, IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(request);
        int? target = request.Target is { } named ? model.Find(named) : null;
        var position = request.Position ?? (subject.Length - 1);
        if (position >= subject.Length)
        {
            throw new BadInputException($"position {position} does not exist; the text has tokens 0 to {subject.Length - 1}");
        }

        // What comes after the asked position has no part in it.
        var text = subject.Read with { Tokens = [.. subject.Read.Tokens.Take(position + 1)] };
        var pieces = request.Experts is not null ? [new("", 0, 0)]
            : request.Sources is { } sources ? [new("", sources[0], sources.Count)]
            : (request.Pieces ?? ShownPiece.Tokens)(text);
        model.CheckCost<T>(text.Tokens.Count, isRecorded: false, pieces.Count);
        var effects = new List<KnockoutEffect>();
        foreach (var piece in pieces)
        {
            progress?.Report(Step.Of("cutting edges", effects.Count, pieces.Count, " runs"));
            var knockout = new Knockout
            {
                Sources = SourcesOf(request, piece),
                Targets = request.Outputs,
                Layers = request.Layers,
                CutsSelf = request.CutsSelf,
                CutsTaps = request.CutsTaps,
                Kind = request.Kind,
                Heads = request.Heads,
                Experts = request.Experts,
            };
            effects.Add(
                KnockoutEffect.Of(model.Model, model.Workers, text.Ids, [knockout], position, target, model.Pool<T>(), cancellation));
        }

        return new(model, request, subject with { Read = text }, position, pieces, effects);
    }

    /// <summary>The tokens that were cut off for a piece.</summary>
    public IReadOnlyList<int> SourcesOf(ShownPiece piece) => SourcesOf(Request, piece);

    /// <summary>By how much the score fell each time (<c>drop</c>), <c>target</c> and <c>input_ids</c>.</summary>
    public SafetensorsWriter Tensors()
        => new SafetensorsWriter()
            .Add("drop", [Effects.Count], Effects.Select(effect => effect.ScoreDrop).ToArray())
            .Add("target", [1], new long[] { Effects[0].Target })
            .Add("input_ids", [Subject.Length], Array.ConvertAll(Subject.Read.Ids, id => (long)id));

    private static IReadOnlyList<int> SourcesOf(KnockoutRequest request, ShownPiece piece)
        => request.Sources ?? [.. Enumerable.Range(piece.First, piece.Count)];
}
