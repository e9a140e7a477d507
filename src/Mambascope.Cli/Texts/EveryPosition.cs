using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Cli.Texts;

/// <summary>Explains what comes after each token of a text, all from one recorded run.</summary>
internal static class EveryPosition
{
    /// <summary>Tokens of the longest text: the page grows with their square.</summary>
    internal const int Longest = 128;

    internal static void Execute<T>(Session session, ExplainRequest request, TextInput input, ReadText text, TextModel model)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (text.Tokens.Count > Longest)
        {
            throw new BadInputException($"the text has {text.Tokens.Count} tokens; every position is explained of at most {Longest}: choose one with --position");
        }

        using var trace = model.Model.Forward(new Tape<T>(model.Workers, new BufferPool<T>(), isRecording: true), TokenBatch.Of(text.Ids), ScorePositions.All);
        var explanations = session.Progress.During("explaining every position", say => Enumerable.Range(0, text.Tokens.Count).Select(position =>
        {
            say($"explaining every position: {position} of {text.Tokens.Count}");
            var scores = trace.ScoresAt(0, position).ToArray();
            using var decision = new Decision<T>(trace, token: position);
            return new TextExplanation<T>(
                request, input, text, model, position, scores, model.Top<T>(scores, 1)[0], Against: null, [.. request.Methods.Select(method => method.Explain(decision, model.Model, request.Options)[0])], Check: null);
        }).ToArray());
        if (request.Picture is { } page)
        {
            var report = TextExplanationPage.Of(explanations);
            Interruption.Shield(() => report.Save(page));
        }

        if (session.Json)
        {
            session.WriteJson(new JsonObject { ["positions"] = new JsonArray([.. explanations.Select(explanation => (JsonNode)TextExplanationReport.Json(explanation))]) });
            return;
        }

        session.Out.WriteLine($"{request.Input} ({text.Tokens.Count} tokens) to {model.Name}; after each token the most likely next one:");
        var table = new TextTable(" ", "", " ", "");
        foreach (var explanation in explanations)
        {
            var token = text.Tokens[explanation.Position];
            table.Add($"{explanation.Position}", ReadText.Quote(token.Text, token.Id), $"{explanation.Target.Probability * 100:0.0} %", ReadText.Quote(explanation.Target.Text, explanation.Target.Id));
        }

        table.Write(session.Out, "  ");
        if (request.Picture is not null)
        {
            session.Out.WriteLine($"wrote {request.Picture}");
        }
    }
}
