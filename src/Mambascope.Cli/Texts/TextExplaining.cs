using System.Numerics;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Cli.Texts;

/// <summary>Why a language model expects the next token: relevance of every token by one or more methods.</summary>
internal static class TextExplaining
{
    /// <summary>Longer texts are explained piece by piece, by the methods that can.</summary>
    internal const int LongestRecorded = 4096;

    private delegate TextExplanation<T> Explainer<T>(Session session, Question question)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    internal static void Execute<T>(Session session, ExplainRequest request, TextInput input, TextModel model, Func<int, IReadOnlyList<AttributionMethod>> methods)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int? target = request.Target is { } named ? model.Find(named) : null;
        int? against = request.Against is { } other ? model.Find(other) : null;
        if (request.Options.StartLayer is { } start && start >= model.Model.Depth)
        {
            throw new BadInputException($"layer {start} does not exist; {model.Name} has layers 0 to {model.Model.Depth - 1}");
        }

        var text = input.Read(session, model);
        request = request with { Methods = methods(text.Tokens.Count) };
        if (request.Token >= text.Tokens.Count)
        {
            throw new BadInputException($"position {request.Token} does not exist; the text has tokens 0 to {text.Tokens.Count - 1}");
        }

        if (request.EveryPosition)
        {
            EveryPosition.Execute<T>(session, request, input, text, model);
            return;
        }

        var isLong = text.Tokens.Count > LongestRecorded && model.Model.Shape.IsOnly(MixerKind.Scan);
        Deliver(session, (isLong ? PieceByPiece<T> : (Explainer<T>)Recorded<T>)(session, new(request, input, text, model, target, against)));
    }

    private static TextExplanation<T> Recorded<T>(Session session, Question question)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (request, model) = (question.Request, question.Model);
        using var run = session.Progress.During("running the model", () => model.Run<T>(question.Text.Tokens, request.Token));
        using var decision = run.Decision(question.Target, question.Against);
        var maps = request.Methods
            .Select(method => session.Progress.During($"explaining: {request.NameOf(method)}", () => method.Explain(decision, model.Model, request.Options)[0]))
            .ToArray();
        var check = session.Progress.During("checking", () => SelfCheck.Of(run.Trace));
        return question.Answer(run.Position, run.Scores.ToArray(), maps, check);
    }

    // Nothing is recorded as a whole: memory does not grow with the text.
    private static TextExplanation<T> PieceByPiece<T>(Session session, Question question)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (request, model, all) = (question.Request, question.Model, question.Text.Ids);
        var position = request.Token ?? (all.Length - 1);
        var ids = all[..(position + 1)];
        if (request.Methods.FirstOrDefault(method => !LongText.Methods.Contains(method.Name)) is { } other)
        {
            throw new BadInputException($"{other.Name} needs memory or matrices that grow with the square of a text, and this one has {all.Length} tokens; texts of more than {LongestRecorded} are explained by {string.Join(", ", LongText.Methods)}");
        }

        var generation = new TextGeneration<T>(model.Model, model.Workers);
        session.Progress.During("running the model", () =>
        {
            generation.Read(ids);
            return true;
        });
        var scores = generation.Scores.ToArray();
        var target = question.Target ?? model.Top<T>(scores, 1)[0].Id;
        var maps = request.Methods.Select(method => session.Progress.During($"explaining: {request.NameOf(method)}", say => Padded(
            LongText.Explain<T>(model.Model, model.Workers, ids, method.Name, request.Options, target, question.Against, progress: new DirectProgress(share => say($"explaining: {request.NameOf(method)}, {share:P0}"))), all.Length))).ToArray();
        return (question with { Target = target }).Answer(position, scores, maps, check: null);
    }

    // What comes after the explained position has no part in it.
    private static RelevanceMap<T> Padded<T>(RelevanceMap<T> map, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => map with { Values = [.. map.Values, .. new T[length - map.Values.Length]], Columns = length };

    private static void Deliver<T>(Session session, TextExplanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var request = explanation.Request;
        if (request.Tensors is { } tensors)
        {
            TextExplanationTensors.Save(explanation, tensors);
        }

        if (request.Picture is { } page)
        {
            var report = TextExplanationPage.Of(explanation);
            Interruption.Shield(() => report.Save(page));
        }

        if (session.Json)
        {
            session.WriteJson(TextExplanationReport.Json(explanation));
        }
        else
        {
            TextExplanationReport.Write(session, explanation);
        }

        ExplanationReport.WarnOf(session, explanation.Check);
        foreach (var (method, map) in explanation.Panels.Where(panel => panel.Map.Degenerate is not null))
        {
            session.Warn($"the map of {request.NameOf(method)} says nothing: {map.Degenerate}");
        }
    }

    private sealed record Question(ExplainRequest Request, TextInput Input, ReadText Text, TextModel Model, int? Target, int? Against)
    {
        internal TextExplanation<T> Answer<T>(int position, T[] scores, IReadOnlyList<RelevanceMap<T>> maps, SelfCheck? check)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => new(
                Request, Input, Text, Model, position, scores, Target is { } id ? Model.Score<T>(scores, id) : Model.Top<T>(scores, 1)[0], Against is { } other ? Model.Score<T>(scores, other) : null, maps, check);
    }
}
