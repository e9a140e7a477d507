using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Models.Mixers;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>
/// What all language models share: tokens become vectors (B, L, d), blocks read the residual stream and add to it, a norm and a head turn
/// the scored tokens into logits. A model states its layers and its tables.
/// </summary>
public abstract class LanguageModel : ILanguageModel
{
    private readonly Backbone stack;
    private readonly Norm? finalNorm;

    /// <summary>States the layers.</summary>
    /// <param name="stack">The layers.</param>
    /// <param name="finalNorm">The norm in front of the head; null where there is none.</param>
    protected LanguageModel(Backbone stack, Norm? finalNorm) => (this.stack, this.finalNorm) = (stack, finalNorm);

    /// <inheritdoc/>
    public ModelShape Shape => stack.Shape;

    /// <inheritdoc/>
    public abstract ModelFacts Facts { get; }

    /// <inheritdoc/>
    public virtual ModelWork? Work => null;

    /// <inheritdoc/>
    public abstract IReadOnlyDictionary<string, object> Settings { get; }

    /// <inheritdoc/>
    public abstract int VocabularySize { get; }

    /// <inheritdoc/>
    public abstract int Width { get; }

    /// <inheritdoc/>
    public int Depth => stack.Depth;

    /// <inheritdoc/>
    public int Branches => stack.Branches;

    /// <inheritdoc/>
    public abstract IEnumerable<Weight> AllWeights { get; }

    /// <summary>(vocabulary, d).</summary>
    protected abstract Weight EmbeddingTable { get; }

    /// <summary>(vocabulary, d); the embedding itself where they are tied.</summary>
    protected abstract Weight HeadTable { get; }

    /// <summary>Constant factor of the scores.</summary>
    private protected virtual double HeadFactor => 1;

    /// <summary>What the first layer reads, from rows of the embedding (B, L, d): scaled, with positions.</summary>
    /// <param name="tape">Where it is recorded.</param>
    /// <param name="embedded">Rows of the embedding.</param>
    /// <param name="first">Position of the first token in the whole text.</param>
    /// <exception cref="BadInputException">The text is longer than the model can read.</exception>
    private protected virtual Value<T> Prepared<T>(Tape<T> tape, Value<T> embedded, int first)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => embedded;

    /// <summary>Bytes of weights that one token needs: all but an embedding that is not the head as well.</summary>
    private protected long BytesPerToken
        => WeightTotals.Of(AllWeights.Where(weight => weight != EmbeddingTable || weight == HeadTable)).Bytes;

    /// <inheritdoc/>
    public abstract ILanguageModel With(WeightSource weights);

    /// <inheritdoc/>
    public Trace<T> Forward<T>(Tape<T> tape, TokenBatch tokens, ScorePositions? positions = null, IReadOnlyList<Knockout>? knockouts = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mark = tape.Mark();
        var cuts = LanguageHead.Check(tape, knockouts, tokens.Length, Shape);
        var embedded = Prepared(tape, tape.Embed(tokens, EmbeddingTable), first: 0);
        return Run(tape, mark, embedded, LanguageHead.Of(positions, tokens.Lengths), new() { Knockouts = cuts });
    }

    /// <inheritdoc/>
    public Trace<T> Forward<T>(
        Tape<T> tape, TokenBatch tokens, ScorePositions? positions, Action<int, LayerTrace<T>> watch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mark = tape.Mark();
        var embedded = Prepared(tape, tape.Embed(tokens, EmbeddingTable), first: 0);
        return Run(tape, mark, embedded, LanguageHead.Of(positions, tokens.Lengths), new() { Watch = watch });
    }

    /// <inheritdoc/>
    public Trace<T> ForwardInput<T>(Tape<T> tape, Activation<T> input, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => ForwardTokens(tape, input, positions);

    /// <inheritdoc/>
    public Trace<T> ForwardTokens<T>(Tape<T> tape, Activation<T> tokens, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mark = tape.Mark();
        return Run(tape, mark, tape.Input(tokens), LanguageHead.Of(positions, LanguageHead.Lengths(tokens)), new());
    }

    /// <inheritdoc/>
    public LanguageState<T> NewState<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => stack.NewState<T>();

    /// <inheritdoc/>
    public Trace<T> Continue<T>(Tape<T> tape, LanguageState<T> state, IReadOnlyList<int> tokens, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (mark, batch) = (tape.Mark(), TokenBatch.Of(tokens));
        var scored = LanguageHead.Of(positions, batch.Lengths);
        var trace = Run(tape, mark, Prepared(tape, tape.Embed(batch, EmbeddingTable), state.Position), scored, new() { State = state });
        state.Position += tokens.Count;
        return trace;
    }

    private Trace<T> Run<T>(Tape<T> tape, int mark, Value<T> tokens, int[][] scored, RunConditions<T> conditions)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (r, layers) = stack.Run(tape, mark, tokens, new(tokens.Data.Length), conditions);

        // The norm acts on each token alone, so only the tokens that are scored are normalised.
        var selected = tape.SelectTokens(r, scored);
        var logits = tape.Linear(finalNorm?.Of(tape, selected) ?? selected, HeadTable); // (B, scored, vocabulary)
        return new(tape, tokens, tokens, layers, tape.Scale(logits, HeadFactor), scored, grid: null);
    }
}
