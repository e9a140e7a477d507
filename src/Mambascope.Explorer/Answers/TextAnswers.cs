using System.Text.Json.Nodes;
using Mambascope.Application;
using Mambascope.Attention;
using Mambascope.Explorer.Serving;
using Mambascope.Explorer.Subjects;
using Mambascope.Models;
using Mambascope.Tracing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Mambascope.Explorer.Answers;

/// <summary>A text as every question about one names it: its characters, or its tokens.</summary>
internal record AskedText
{
    /// <summary>The characters.</summary>
    public string? Text { get; init; }

    /// <summary>Token ids in place of characters.</summary>
    public int[]? Ids { get; init; }

    /// <summary>Token after which the next one is asked for; the last where it is left out.</summary>
    public int? Position { get; init; }
}

/// <summary>Why this token comes next.</summary>
internal sealed record AskedExplanation : AskedText
{
    /// <summary>Methods; the standard ones where they are left out.</summary>
    public string[]? Methods { get; init; }

    /// <summary>exact or paper.</summary>
    public string? Mode { get; init; }

    /// <summary>The next token, by id or text; the most likely one where it is left out.</summary>
    public string? Target { get; init; }

    /// <summary>The token that could have come instead.</summary>
    public string? Against { get; init; }
}

/// <summary>What a layer attends to.</summary>
internal sealed record AskedAttention : AskedText
{
    /// <summary>Layer, from 0.</summary>
    public int Layer { get; init; }

    /// <summary>s6, block or beforegate.</summary>
    public string? View { get; init; }

    /// <summary>One channel.</summary>
    public int? Channel { get; init; }

    /// <summary>One head.</summary>
    public int? Head { get; init; }

    /// <summary>What is done to signs.</summary>
    public string? Sign { get; init; }

    /// <summary>word, sentence or a number of parts; single tokens where it is left out.</summary>
    public string? Blocks { get; init; }
}

/// <summary>Edges that are cut.</summary>
internal sealed record AskedCut : AskedText
{
    /// <summary>The edges.</summary>
    public IReadOnlyList<CutEdge> Cuts { get; init; } = [];

    /// <summary>Whether convolutions in front of scans are cut along with them, where there are scans.</summary>
    public bool Taps { get; init; }
}

/// <summary>An edge.</summary>
/// <param name="Source">The token that is no longer heard.</param>
/// <param name="Output">By which; by all after it where it is left out.</param>
/// <param name="Layers">In which layers; in all where they are left out.</param>
internal sealed record CutEdge(int Source, int? Output, int[]? Layers);

/// <summary>How a text goes on.</summary>
internal sealed record AskedContinuation : AskedText
{
    /// <summary>Most tokens.</summary>
    public int Count { get; init; } = 1;

    /// <summary>0 for the most likely token each time.</summary>
    public double Temperature { get; init; }

    /// <summary>Seed of the draws.</summary>
    public int Seed { get; init; }
}

/// <summary>A token.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">What it stands for.</param>
/// <param name="Probability">How likely it was.</param>
internal sealed record NextToken(int Id, string Text, double Probability);

/// <summary>A text that went on.</summary>
/// <param name="Ids">All its tokens.</param>
/// <param name="Text">All its characters.</param>
/// <param name="Added">The tokens that were added.</param>
internal sealed record ContinuedText(IReadOnlyList<int> Ids, string Text, IReadOnlyList<NextToken> Added);

/// <summary>What comes next with all edges, and without some.</summary>
/// <param name="Before">The most likely tokens with all edges, and those of after.</param>
/// <param name="After">The same tokens without.</param>
internal sealed record CutAnswer(IReadOnlyList<Prediction> Before, IReadOnlyList<Prediction> After);

/// <summary>Addresses about texts.</summary>
internal sealed class TextAnswers(ExplorerOptions options, OpenModels models, Desk desk)
{
    private const int MostAdded = 256;
    private const int LongestMatrix = 4096;
    private const string Of = "/models/{model}/text/";

    /// <summary>Adds the addresses.</summary>
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Of + "explanation", (string model, AskedExplanation asked, HttpContext context)
                => desk.Answer(context, (progress, stop) => Explain(model, asked, progress, stop)))
            .Asks("ExplainText", "Tokens, what may come next, and the relevance of every token for it").Produces<JsonObject>();
        routes.MapPost(Of + "attention", (string model, AskedAttention asked, HttpContext context)
                => desk.Answer(context, (progress, stop) => Attention(model, asked, progress, stop)))
            .Asks("TextAttention", "What every token, word or sentence takes from every other in a layer").Gives(Tensors.Kind);
        routes.MapPost(Of + "layers", (string model, AskedText asked, HttpContext context)
                => desk.Answer(context, (progress, stop) => Layers(model, asked, progress, stop)))
            .Asks("TextLayers", "What one token takes in every layer").Gives(Tensors.Kind);
        routes.MapPost(Of + "cut", (string model, AskedCut asked, HttpContext context)
                => desk.Answer(context, (_, stop) => Cut(model, asked, stop)))
            .Asks("Cut", "What comes next with some edges cut").Produces<CutAnswer>();
        routes.MapPost(Of + "continuation", (string model, AskedContinuation asked, HttpContext context)
                => desk.Answer(context, (progress, stop) => Continue(model, asked, progress, stop)))
            .Asks("Continue", "How the text goes on").Produces<ContinuedText>();
    }

    private IResult Explain(string name, AskedExplanation asked, IProgress<Step>? progress, CancellationToken stop)
    {
        var (model, text) = Read(name, asked);
        var (methods, how) = Words.Methods(model, asked.Methods, asked.Mode);
        var explanation = Explaining.Explain<float>(
            model,
            text,
            new() { Methods = methods, Options = how, Target = asked.Target, Against = asked.Against, Token = asked.Position },
            progress,
            stop);
        return Results.Ok(TextReply.Explanation(explanation, text));
    }

    private Tensors Attention(string name, AskedAttention asked, IProgress<Step>? progress, CancellationToken stop)
    {
        var (model, text) = Read(name, asked);
        var request = MatrixReply.Request(asked.Layer, asked.View, null, asked.Sign, asked.Channel, asked.Head, null, asked.Position);
        if (asked.Blocks is { } word)
        {
            request = request with
            {
                Blocks = read => TextPieces.By(word, read)
                    ?? throw new BadInputException($"blocks {ShownText.Line(word, 20)}: expected word, sentence, or a number of blocks"),
            };
        }
        else if (text.Length > LongestMatrix)
        {
            throw new BadInputException(
                $"the text has {text.Length} tokens; a matrix of single tokens is shown here for at most {LongestMatrix}: join them to "
                    + "words, sentences or blocks");
        }

        return MatrixReply.Of(
            Attending.Show<float>(model, text, PictureAnswers.Checked(model, request), progress, stop));
    }

    private Tensors Layers(string name, AskedText asked, IProgress<Step>? progress, CancellationToken stop)
    {
        var (model, text) = Read(name, asked);
        return text.Length <= Explaining.LongestRecorded
            ? MatrixReply.Of(LayerStrip.Of<float>(model, text, asked.Position, AttentionView.S6, progress, stop))
            : throw new BadInputException($"rows of all layers are shown of texts of at most {Explaining.LongestRecorded} tokens");
    }

    private IResult Cut(string name, AskedCut asked, CancellationToken stop)
    {
        var (model, text) = Read(name, asked);
        var trial = EdgeTrial.Run<float>(
            model,
            text,
            [
                .. asked.Cuts.Select(cut => new Knockout
                {
                    Sources = [cut.Source],
                    Targets = cut.Output is { } output ? [output] : null,
                    Layers = cut.Layers,
                    CutsSelf = cut.Output == cut.Source,
                    CutsTaps = asked.Taps && model.Model.Shape.Has(MixerKind.Scan),
                }),
            ],
            asked.Position,
            stop);
        int[] shown =
        [
            .. trial.Before.OrderByDescending(answer => answer.Score).Take(TextReply.Top / 2)
                .Concat(trial.After.OrderByDescending(answer => answer.Score).Take(TextReply.Top / 2))
                .Select(answer => answer.Index).Distinct(),
        ];
        return Results.Ok(new CutAnswer([.. shown.Select(id => trial.Before[id])], [.. shown.Select(id => trial.After[id])]));
    }

    private IResult Continue(string name, AskedContinuation asked, IProgress<Step>? progress, CancellationToken stop)
    {
        if (asked.Count is < 1 or > MostAdded)
        {
            throw new BadInputException($"count {asked.Count}: expected 1 to {MostAdded} tokens");
        }

        var (model, text) = Read(name, asked);
        var sampler = new TokenSampler(new() { Temperature = asked.Temperature, Seed = asked.Seed });
        var generation = model.Begin<float>();
        generation.Read(text.Read.Ids, stop);
        var added = Generating.Continue(generation, asked.Count, sampler, model.EndTokens, progress, stop);
        int[] ids = [.. text.Read.Ids, .. added.Select(token => token.Id)];
        return Results.Ok(new ContinuedText(
            ids, model.Decode(ids), [.. added.Select(token => new NextToken(token.Id, model.Show(token.Id), token.Probability))]));
    }

    private (TextModel Model, TextSubject Text) Read(string name, AskedText asked)
    {
        var model = models.FindForText(name);
        var length = asked.Text?.Length ?? asked.Ids?.Length ?? 0;
        return length > options.MostCharacters
                ? throw new BadInputException($"the text is longer than the {options.MostCharacters} characters that are taken here")
            : asked.Position < 0 ? throw new BadInputException("positions are counted from 0")
            : asked.Text is null == asked.Ids is null ? throw new BadInputException("give either a text or ids of tokens")
            : (model, new TextInput(asked.Text, asked.Ids, File: null).Read(model));
    }
}
