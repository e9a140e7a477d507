using System.Numerics;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Models;

namespace Mambascope.Cli.Texts;

/// <summary>Why a language model expects the next token: relevance of every token by one or more methods.</summary>
internal static class TextExplaining
{
    internal static void Execute<T>(Session session, ExplainRequest request, TextInput input, TextModel model)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int? target = request.Target is { } named ? model.Find(named) : null;
        int? against = request.Against is { } other ? model.Find(other) : null;
        if (request.Options.StartLayer is { } start && start >= model.Model.Depth)
        {
            throw new BadInputException($"layer {start} does not exist; {model.Name} has layers 0 to {model.Model.Depth - 1}");
        }

        var text = input.Read(session, model);
        if (request.Token >= text.Tokens.Count)
        {
            throw new BadInputException($"position {request.Token} does not exist; the text has tokens 0 to {text.Tokens.Count - 1}");
        }

        using var run = session.Progress.During("running the model", () => model.Run<T>(text.Tokens, request.Token));
        using var decision = run.Decision(target, against);
        var maps = request.Methods
            .Select(method => session.Progress.During($"explaining: {request.NameOf(method)}", () => method.Explain(decision, model.Model, request.Options)[0]))
            .ToArray();
        var check = session.Progress.During("checking", () => SelfCheck.Of(run.Trace));
        Deliver(session, new TextExplanation<T>(request, input, text, run, run.Score(decision.Targets[0]), against is { } id ? run.Score(id) : null, maps, check));
    }

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
}
