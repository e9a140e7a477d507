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
    private readonly Value<T> input;
    private readonly Value<T> tokens;
    private readonly Value<T> logits;
    private readonly IReadOnlyList<LayerTrace<T>> layers;

    /// <summary>States what a run computed; for models.</summary>
    /// <param name="tape">The record of the run.</param>
    /// <param name="input">What was put in.</param>
    /// <param name="tokens">Input of the first block.</param>
    /// <param name="layers">The blocks; empty when the tape did not record.</param>
    /// <param name="logits">Scores.</param>
    /// <param name="scoredTokens">For each item, the token to which each row of its scores belongs; -1 for the mean of all.</param>
    /// <param name="grid">Layout of the patches in the image; null for text.</param>
    /// <param name="classToken">The token that is no part of the input but collects the class, or null.</param>
    public Trace(
        Tape<T> tape,
        Value<T> input,
        Value<T> tokens,
        IReadOnlyList<LayerTrace<T>> layers,
        Value<T> logits,
        IReadOnlyList<IReadOnlyList<int>> scoredTokens,
        PatchGrid? grid,
        int? classToken = null)
    {
        (Tape, ScoredTokens, Grid, IsClassifier) = (tape, scoredTokens, grid, grid is not null);
        (this.input, this.tokens, this.layers, this.logits) = (input, tokens, layers, logits);
        Layout = new(tokens.Data.Length, grid is null ? null : new(grid.Rows, grid.Columns), classToken);
    }

    /// <summary>
    /// Whether the model has stages and no class token (VMamba): its head reads the mean over tokens of the last one. Rollouts then leave
    /// out what reaches the first tokens unmixed, which shows the merges and not the picture, and gradients are counted per token, not per
    /// mean.
    /// </summary>
    public bool IsStaged { get; init; }

    /// <summary>Whether an input has one row of scores, whichever token's view is explained; a language model has one a token.</summary>
    public bool IsClassifier { get; init; }

    /// <summary>
    /// Of measurements: the rows of <see cref="Input"/> that each token was made of. The values in them mean something by themselves, so
    /// that
    /// relevance can be followed to them. Null for pictures and text.
    /// </summary>
    public IReadOnlyList<(int First, int Count)>? InputSpans { get; init; }

    /// <summary>What a head averages over tokens (Batch, L, d), behind its norm; null where a class token is read, and for text.</summary>
    public Value<T>? Pooled { get; init; }

    /// <summary>The record of the run.</summary>
    public Tape<T> Tape { get; }

    /// <summary>What was put in: normalised pixels (Batch, channels * height, width), embedded text (Batch, L, d), or standardised
    /// measurements (Batch, time, channels).</summary>
    /// <exception cref="ObjectDisposedException">The run was disposed of.</exception>
    public Value<T> Input => Alive(input);

    /// <summary>Input of the first block (Batch, L, d): after class token and position embedding; for text the embedding.</summary>
    /// <exception cref="ObjectDisposedException">The run was disposed of.</exception>
    public Value<T> Tokens => Alive(tokens);

    /// <summary>What <see cref="Tokens"/> stand for; layers behind a merge have another layout.</summary>
    public TokenLayout Layout { get; }

    /// <summary>The blocks from input to output; empty when the tape did not record.</summary>
    /// <exception cref="ObjectDisposedException">The run was disposed of.</exception>
    public IReadOnlyList<LayerTrace<T>> Layers => Alive(layers);

    /// <summary>Every mixer that scans, from input to output; in a model with scans only, one a block.</summary>
    /// <exception cref="ObjectDisposedException">The run was disposed of.</exception>
    public IReadOnlyList<ScanMixerTrace<T>> ScanMixers => [.. Layers.SelectMany(layer => layer.Mixers).OfType<ScanMixerTrace<T>>()];

    /// <summary>Every mixer of softmax attention, from input to output; in a transformer, one a block.</summary>
    /// <exception cref="ObjectDisposedException">The run was disposed of.</exception>
    public IReadOnlyList<SoftmaxMixerTrace<T>> SoftmaxMixers
        => [.. Layers.SelectMany(layer => layer.Mixers).OfType<SoftmaxMixerTrace<T>>()];

    /// <summary>Scores: (Batch, 1, classes), or (Batch, scored tokens, vocabulary) for text.</summary>
    /// <exception cref="ObjectDisposedException">The run was disposed of.</exception>
    public Value<T> Logits => Alive(logits);

    /// <summary>For each item, the token to which each row of its scores belongs; -1 for the mean of all.</summary>
    public IReadOnlyList<IReadOnlyList<int>> ScoredTokens { get; }

    /// <summary>
    /// Token from which the classifier reads, or -1 where it reads the mean of all; for text the last token scored (of the first item).
    /// </summary>
    public int ReadToken => ScoredTokens[0][^1];

    /// <summary>Layout of the patches in the image; null for text and series.</summary>
    public PatchGrid? Grid { get; }

    /// <summary>Tokens in the sequence, L.</summary>
    public int Length => Layout.Length;

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

        var some = $"{string.Join(", ", ScoredTokens[item].Take(5))}{(ScoredTokens[item].Count > 5 ? " ..." : "")}";
        throw new BadInputException($"the scores of token {token} were not asked for in this run, only those of {some}");
    }

    /// <inheritdoc/>
    public void Dispose() => Tape.Dispose();

    private TValue Alive<TValue>(TValue value)
    {
        ObjectDisposedException.ThrowIf(Tape.IsDisposed, this);
        return value;
    }
}
