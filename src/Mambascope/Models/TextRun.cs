using System.Numerics;
using Mambascope.Inputs.Text;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>One recorded run of a language model on one text. Owns the memory of the run: dispose of it when the maps are made.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class TextRun<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal TextRun(TextModel model, IReadOnlyList<TextToken> tokens, int position, Trace<T> trace)
    {
        Model = model;
        Tokens = tokens;
        Position = position;
        Trace = trace;
    }

    /// <summary>Who ran.</summary>
    public TextModel Model { get; }

    /// <summary>What was read.</summary>
    public IReadOnlyList<TextToken> Tokens { get; }

    /// <summary>The token after which the next one is asked for.</summary>
    public int Position { get; }

    /// <summary>Every quantity of the run.</summary>
    public Trace<T> Trace { get; }

    /// <summary>Scores of the token that comes after <see cref="Position"/>, one an id.</summary>
    public ReadOnlySpan<T> Scores => Trace.ScoresAt(0, Position);

    /// <summary>The most likely next tokens, most likely first.</summary>
    public IReadOnlyList<TokenScore> Top(int count) => Model.Top(Scores, count);

    /// <summary>How likely a token is to come next.</summary>
    public TokenScore Score(int id) => Model.Score(Scores, id);

    /// <inheritdoc/>
    public void Dispose() => Trace.Dispose();

    internal void RequireFinite() => _ = TokenScore.Softmax(Model, Scores);
}
