using System.Numerics;
using Mambascope.Inputs.Text;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>One run of a language model on one text.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class TextRun<T> : Run<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal TextRun(TextModel model, IReadOnlyList<TextToken> tokens, int position, Trace<T> trace)
        : base(trace)
    {
        Model = model;
        Tokens = tokens;
        Token = position;
    }

    /// <inheritdoc/>
    public override TextModel Model { get; }

    /// <summary>What was read.</summary>
    public IReadOnlyList<TextToken> Tokens { get; }

    /// <summary>The token after which the next one is asked for.</summary>
    public override int Token { get; }

    /// <summary>Scores of the token that comes after <see cref="Token"/>, one an id.</summary>
    public override ReadOnlySpan<T> Scores => Trace.ScoresAt(0, Token);
}
