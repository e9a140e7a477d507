using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>A token that was generated.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Probability">How likely the model held it to be: softmax of the scores, whatever the temperature.</param>
public readonly record struct GeneratedToken(int Id, double Probability);

/// <summary>
/// A language model in the middle of a text: it reads tokens, in pieces of any length, and says what may come next.
/// <code>
/// var text = new TextGeneration&lt;float&gt;(model, workers);
/// text.Read(prompt);
/// foreach (var token in text.Generate(64, new() { Temperature = 0.8, TopP = 0.95, Seed = 1 })) { ... }
/// </code>
/// A branch goes on by itself, so that continuations can be compared without reading the text again.
/// </summary>
/// <typeparam name="T">float, or double for exactness.</typeparam>
public sealed class TextGeneration<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Tokens of a piece: long enough for the kernels, short enough that memory does not grow with the text.
    private const int PieceLength = 512;

    private readonly ILanguageModel model;
    private readonly Workers workers;
    private readonly BufferPool<T> pool;
    private T[]? scores;

    /// <summary>Starts at the beginning of a text, or where a state left off.</summary>
    /// <param name="model">The model.</param>
    /// <param name="workers">Threads.</param>
    /// <param name="state">Where to go on; null for the beginning.</param>
    /// <param name="pool">Memory that is used again; null for memory of its own.</param>
    public TextGeneration(ILanguageModel model, Workers workers, LanguageState<T>? state = null, BufferPool<T>? pool = null)
        : this(model, workers, pool ?? new(), state ?? model.NewState<T>(), scores: null) { }

    private TextGeneration(ILanguageModel model, Workers workers, BufferPool<T> pool, LanguageState<T> state, T[]? scores)
    {
        this.model = model;
        this.workers = workers;
        this.pool = pool;
        this.scores = scores;
        State = state;
    }

    /// <summary>What the model remembers.</summary>
    public LanguageState<T> State { get; }

    /// <summary>Scores of the next token, one an id. Changed by reading on.</summary>
    /// <exception cref="InvalidOperationException">Nothing has been read.</exception>
    public ReadOnlySpan<T> Scores
        => scores ?? throw new InvalidOperationException("Read at least one token before asking what comes next");

    /// <summary>Reads tokens; their number does not matter for the result.</summary>
    /// <exception cref="BadInputException">No tokens, or an id that does not exist; nothing has been read then.</exception>
    public void Read(params IReadOnlyList<int> tokens) => Read(tokens, CancellationToken.None);

    /// <summary>Reads tokens, and can be stopped: what was stopped in the middle of a text cannot be gone on with.</summary>
    /// <exception cref="BadInputException">No tokens, or an id that does not exist; nothing has been read then.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Read(IReadOnlyList<int> tokens, CancellationToken cancellation)
    {
        TokenBatch.Of(tokens).Check(model.VocabularySize);
        for (var first = 0; first < tokens.Count; first += PieceLength)
        {
            using var tape = new Tape<T>(workers, pool, isRecording: false, cancellation);
            int[] piece = [.. tokens.Skip(first).Take(PieceLength)];
            var trace = model.Continue(tape, State, piece);
            scores ??= new T[model.VocabularySize];
            trace.Logits.Data.Row(0).CopyTo(scores);
        }
    }

    /// <summary>Chooses the next token, reads it, and so on, <paramref name="count"/> times.</summary>
    /// <param name="count">Most tokens to generate.</param>
    /// <param name="options">How to choose; greedily when null.</param>
    /// <param name="end">A token after which to stop (it is given too); null for none.</param>
    public IEnumerable<GeneratedToken> Generate(int count, SamplingOptions? options = null, int? end = null)
    {
        var sampler = new TokenSampler(options ?? new());
        for (var i = 0; i < count; i++)
        {
            var token = Next(sampler);
            yield return token;
            if (token.Id == end)
            {
                yield break;
            }
        }
    }

    /// <summary>Chooses the next token and reads it.</summary>
    /// <param name="sampler">How to choose.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public GeneratedToken Next(TokenSampler sampler, CancellationToken cancellation = default)
    {
        var id = sampler.Choose(Scores);
        var token = new GeneratedToken(id, Logits.Probability(Scores, id));
        Read([id], cancellation);
        return token;
    }

    /// <summary>The same place in the same text, going on by itself.</summary>
    public TextGeneration<T> Branch() => new(model, workers, pool, State.Branch(), scores?.ToArray());
}
