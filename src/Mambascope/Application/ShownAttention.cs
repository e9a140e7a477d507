using System.Numerics;
using Mambascope.Attention;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Application;

/// <summary>An attention matrix, and what its rows and columns stand for.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed record ShownAttention<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Whose attention it is.</summary>
    public required LoadedModel Model { get; init; }

    /// <summary>To what.</summary>
    public required Subject Subject { get; init; }

    /// <summary>What was asked for.</summary>
    public required AttentionRequest Request { get; init; }

    /// <summary>Row i: what output token (or block) i takes from every input token (or block).</summary>
    public required AttentionMatrix<T> Matrix { get; init; }

    /// <summary>The kind of mixer whose attention it is.</summary>
    public required MixerKind Kind { get; init; }

    /// <summary>The channels that were found to attend most, strongest first; null where none were asked for.</summary>
    public IReadOnlyList<RankedChannel<T>>? Ranked { get; init; }

    /// <summary>What tokens were joined to; null for single tokens.</summary>
    public IReadOnlyList<ShownPiece>? Blocks { get; init; }

    /// <summary>Matrices of the mixers that run side by side with this one; empty where there are none.</summary>
    public IReadOnlyList<ShownAttention<T>> Beside { get; init; } = [];

    /// <summary>
    /// Whether hidden attention gives the run back; null for a model without scans and for a run that was not recorded as a whole.
    /// </summary>
    public SelfCheck? Check { get; init; }

    /// <summary>The token that a classifier decides by; null where there is none.</summary>
    public int? ClassToken => Model.Model.Facts.ClassToken;

    /// <summary>Least value.</summary>
    public double Least => double.CreateTruncating(Matrix.Values.Min());

    /// <summary>Greatest value.</summary>
    public double Greatest => double.CreateTruncating(Matrix.Values.Max());

    /// <summary>What rows and columns are called; null for their numbers.</summary>
    public IReadOnlyList<string>? Labels => Blocks is { } blocks ? [.. blocks.Select(block => ShownText.Label(block.Text.Trim()))]
        : Subject is SeriesSubject { IsOfSteps: false } row ? [.. row.Format.Variables.Select(variable => ShownText.Label(variable.Name))]
        : Subject is TextSubject text ? [.. text.Read.Tokens.Select(token => ShownText.Label(token.Text))]
        : null;
}
