using Mambascope.Autodiff;
using Mambascope.Numerics;

namespace Mambascope.Tracing;

/// <summary>
/// One run of a model and everything it computed. Owns the memory of the run through its tape: dispose of it when the maps are made.
/// When the tape did not record, only <see cref="Logits"/> holds numbers; the memory of the rest has been used again.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class Trace<T> : IDisposable
    where T : unmanaged
{
    internal Trace(Tape<T> tape, Value<T> input, Value<T> tokens, IReadOnlyList<LayerTrace<T>> layers, Value<T> logits, int readToken, PatchGrid? grid)
        : this(tape, input, tokens, layers, logits, [.. Enumerable.Repeat(new[] { readToken }, logits.Data.Batch)], grid) { }

    internal Trace(
        Tape<T> tape, Value<T> input, Value<T> tokens, IReadOnlyList<LayerTrace<T>> layers, Value<T> logits, IReadOnlyList<IReadOnlyList<int>> scoredTokens, PatchGrid? grid)
    {
        Tape = tape;
        Input = input;
        Tokens = tokens;
        Layers = layers;
        Logits = logits;
        ScoredTokens = scoredTokens;
        Grid = grid;
    }

    /// <summary>The record of the run.</summary>
    public Tape<T> Tape { get; }

    /// <summary>What was put in: normalised pixels (Batch, channels * height, width), or embedded text (Batch, L, d).</summary>
    public Value<T> Input { get; }

    /// <summary>Input of the first block (Batch, L, d): after class token and position embedding; for text the embedding.</summary>
    public Value<T> Tokens { get; }

    /// <summary>The blocks from input to output; empty when the tape did not record.</summary>
    public IReadOnlyList<LayerTrace<T>> Layers { get; }

    /// <summary>The blocks of a model that has scans only.</summary>
    /// <exception cref="InvalidOperationException">A block has another kind of mixer.</exception>
    public IReadOnlyList<MambaLayerTrace<T>> MambaLayers => LayersOf<MambaLayerTrace<T>>();

    /// <summary>The blocks of a model that has softmax attention only.</summary>
    /// <exception cref="InvalidOperationException">A block has another kind of mixer.</exception>
    public IReadOnlyList<AttentionLayerTrace<T>> AttentionLayers => LayersOf<AttentionLayerTrace<T>>();

    /// <summary>Scores: (Batch, 1, classes), or (Batch, scored tokens, vocabulary) for text.</summary>
    public Value<T> Logits { get; }

    /// <summary>For each item, the token to which each row of its scores belongs; -1 for the mean of all.</summary>
    public IReadOnlyList<IReadOnlyList<int>> ScoredTokens { get; }

    /// <summary>Token from which the classifier reads, or -1 where it reads the mean of all; for text the last token scored (of the first item).</summary>
    public int ReadToken => ScoredTokens[0][^1];

    /// <summary>Layout of the patches in the image; null for text.</summary>
    public PatchGrid? Grid { get; }

    /// <summary>Tokens in the sequence, L.</summary>
    public int Length => Tokens.Data.Length;

    /// <summary>The scores of an item at a token.</summary>
    /// <exception cref="BadInputException">The token was not scored in this run.</exception>
    public Span<T> ScoresAt(int item, int token) => Logits.Data.Row(item, ScoreRow(item, token));

    internal int ScoreRow(int item, int token)
    {
        for (var row = ScoredTokens[item].Count - 1; row >= 0; row--)
        {
            if (ScoredTokens[item][row] == token)
            {
                return row;
            }
        }

        throw new BadInputException($"the scores of token {token} were not asked for in this run, only those of {string.Join(", ", ScoredTokens[item].Take(5))}{(ScoredTokens[item].Count > 5 ? " ..." : "")}");
    }

    private TLayer[] LayersOf<TLayer>()
        where TLayer : LayerTrace<T>
        => [.. Layers.Select(layer => layer as TLayer ?? throw new InvalidOperationException($"A block of this run is a {layer.GetType().Name}, not a {typeof(TLayer).Name}."))];

    /// <inheritdoc/>
    public void Dispose() => Tape.Dispose();
}
