using System.Numerics;
using Mambascope.Attribution;
using Mambascope.Models;

namespace Mambascope.Application;

/// <summary>How a text is to go on, and how each step of it is to be explained.</summary>
public sealed record ContinuationRequest
{
    /// <summary>How each step is explained.</summary>
    public required AttributionMethod Method { get; init; }

    /// <summary>Why that method, where none was named; null where one was.</summary>
    public string? Because { get; init; }

    /// <summary>Its options.</summary>
    public AttributionOptions Options { get; init; } = new();

    /// <summary>Most tokens to generate.</summary>
    public required int Generate { get; init; }

    /// <summary>A continuation in place of a generated one; null for none.</summary>
    public string? Given { get; init; }

    /// <summary>How generated tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>How tokens are joined to rows and columns; null for single tokens.</summary>
    public Func<ReadText, IReadOnlyList<ShownPiece>>? Pieces { get; init; }
}

/// <summary>A continuation, generated or given, with the relevance of all that came before for each of its tokens.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Model">Who goes on.</param>
/// <param name="Request">What was asked.</param>
/// <param name="Prompt">What was given.</param>
/// <param name="Text">Prompt and continuation.</param>
/// <param name="Pieces">What the columns stand for.</param>
/// <param name="Rows">The pieces that have a row: those with tokens of the continuation.</param>
/// <param name="Values">Relevance, row after row.</param>
public sealed record Continuation<T>(
    TextModel Model,
    ContinuationRequest Request,
    TextSubject Prompt,
    ReadText Text,
    IReadOnlyList<ShownPiece> Pieces,
    IReadOnlyList<int> Rows,
    T[] Values)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Place of the continuation's first token in the text.</summary>
    public int First => Prompt.Length;

    /// <summary>The method with its form: "raw (exact)".</summary>
    public string MethodName => Request.Method.Form(Request.Options) is { } form ? $"{Request.Method.Name} ({form})" : Request.Method.Name;

    /// <summary>One row: the relevance of every piece.</summary>
    public ReadOnlySpan<T> Row(int index) => Values.AsSpan(index * Pieces.Count, Pieces.Count);
}

/// <summary>Lets a text go on, and explains every step.</summary>
public static class Continuation
{
    /// <summary>Every step is explained from one recorded run.</summary>
    private const int Longest = Explaining.LongestRecorded;

    /// <summary>Generates (or takes) the continuation and explains it.</summary>
    /// <exception cref="BadInputException">Too long, or something that was asked for does not go with this model.</exception>
    public static Continuation<T> Explain<T>(
        TextModel model, TextSubject prompt, ContinuationRequest request, IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(request);
        if (prompt.Length + (request.Given is null ? request.Generate : 0L) > Longest)
        {
            throw TooLong(prompt.Length + (request.Given is null ? request.Generate : 0L)); // before anything is generated
        }

        var text = ReadText.OfIds(model, [.. prompt.Read.Ids, .. Next<T>(model, prompt, request, progress, cancellation)]);
        if (text.Tokens.Count > Longest)
        {
            throw TooLong(text.Tokens.Count);
        }

        model.CheckCost<T>(text.Tokens.Count, isRecorded: true);

        var pieces = (request.Pieces ?? ShownPiece.Tokens)(text); // refuses before the work starts
        const string What = "explaining every step";
        progress?.Report(new(What));
        var map = ContinuationMap.Explain(
            model.Model,
            model.Workers,
            text.Ids,
            prompt.Length,
            request.Method.Name,
            request.Options,
            new DirectProgress(share => progress?.Report(new(What, share))),
            model.Pool<T>(),
            cancellation);
        int[] rows = [.. pieces.Index().Where(piece => piece.Item.First + piece.Item.Count > prompt.Length).Select(piece => piece.Index)];
        return new(model, request, prompt, text, pieces, rows, Joined(map, pieces, rows));
    }

    private static BadInputException TooLong(long tokens)
        => new(
            $"prompt and continuation have {tokens:N0} tokens; each step of a text of at most {Longest:N0} can be explained: shorten the "
                + "prompt");

    private static IEnumerable<int> Next<T>(
        TextModel model, TextSubject prompt, ContinuationRequest request, IProgress<Step>? progress, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (request.Given is { } words)
        {
            return model.Encode(words).Select(token => token.Id);
        }

        var sampler = new TokenSampler(request.Sampling);
        var generation = model.Begin<T>();
        generation.Read(prompt.Read.Ids, cancellation);
        return Generating
            .Continue(generation, request.Generate, sampler, model.EndTokens, progress, cancellation)
            .Select(token => token.Id);
    }

    // Sums over the tokens of each row's and each column's piece.
    private static T[] Joined<T>(ContinuationMap<T> map, IReadOnlyList<ShownPiece> pieces, int[] rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = new T[rows.Length * pieces.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            var row = pieces[rows[i]];
            for (var t = Math.Max(row.First, map.First); t < row.First + row.Count; t++)
            {
                for (var c = 0; c < pieces.Count; c++)
                {
                    foreach (var value in map.Rows[t - map.First].Values.AsSpan(pieces[c].First, pieces[c].Count))
                    {
                        values[(i * pieces.Count) + c] += value;
                    }
                }
            }
        }

        return values;
    }
}
