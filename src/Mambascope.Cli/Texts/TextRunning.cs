using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Models;

namespace Mambascope.Cli.Texts;

/// <summary>What a language model says about a text: what may come next, or a continuation.</summary>
/// <param name="Input">What is read.</param>
/// <param name="Top">Next tokens to print.</param>
/// <param name="Generate">Tokens to generate; null for none.</param>
/// <param name="Sampling">How they are chosen.</param>
internal sealed record TextRunning(TextInput Input, int Top, int? Generate, SamplingOptions Sampling)
{
    internal void Execute<T>(Session session, TextModel model)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sampler = new TokenSampler(Sampling); // refuses what makes no sense before the work starts
        var read = Input.Read(session, model);
        var generation = new TextGeneration<T>(model.Model, model.Workers);
        session.Progress.During("running the model", () =>
        {
            generation.Read(read.Ids);
            return true;
        });
        var top = model.Top(generation.Scores, Top);
        if (Generate is not { } count)
        {
            Report(session, model, read, top);
            return;
        }

        var ends = model.EndTokens;
        var generated = session.Progress.During($"generating {count} tokens", () => Continue(generation, sampler, count, ends));
        Report(session, model, read, generated);
    }

    private static List<GeneratedToken> Continue<T>(TextGeneration<T> generation, TokenSampler sampler, int count, IReadOnlyList<int> ends)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var tokens = new List<GeneratedToken>();
        while (tokens.Count < count && (tokens.Count == 0 || !ends.Contains(tokens[^1].Id)))
        {
            tokens.Add(generation.Next(sampler));
        }

        return tokens;
    }

    private void Report(Session session, TextModel model, ReadText read, IReadOnlyList<TokenScore> top)
    {
        if (session.Json)
        {
            session.WriteJson(new JsonObject { ["input"] = Input.InFull, ["model"] = model.Name, ["tokens"] = read.Tokens.Count, ["top"] = TokenScoresReport.Json(top) });
            return;
        }

        session.Out.WriteLine($"{Input.Name} ({read.Tokens.Count} tokens) to {model.Name}; next:");
        TokenScoresReport.Write(session.Out, top);
    }

    private void Report(Session session, TextModel model, ReadText read, List<GeneratedToken> generated)
    {
        var text = model.Decode(generated.Select(token => token.Id));
        if (session.Json)
        {
            session.WriteJson(new JsonObject
            {
                ["input"] = Input.InFull,
                ["model"] = model.Name,
                ["tokens"] = read.Tokens.Count,
                ["text"] = model.Tokenizer is null ? null : text,
                ["generated"] = new JsonArray([.. generated.Select(token => (JsonNode)new JsonObject { ["id"] = token.Id, ["text"] = model.Show(token.Id), ["probability"] = token.Probability })]),
            });
            return;
        }

        session.Out.WriteLine(model.Tokenizer is null ? string.Join(',', generated.Select(token => token.Id)) : ShownText.Lines(read.Text + text));
    }
}
