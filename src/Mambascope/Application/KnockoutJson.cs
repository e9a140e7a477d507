using System.Text.Json.Nodes;

namespace Mambascope.Application;

/// <summary>A knock-out trial as JSON.</summary>
public static class KnockoutJson
{
    /// <summary>All of it.</summary>
    public static JsonObject Of(KnockoutTrial trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        var (model, text, first) = (trial.Model, trial.Subject.Read, trial.Effects[0]);
        return new()
        {
            ["input"] = trial.Subject.InFull,
            ["model"] = model.Name,
            ["tokens"] = text.Tokens.Count,
            ["position"] = trial.Position,
            ["target"] = new JsonObject
            {
                ["id"] = first.Target,
                ["text"] = model.Show(first.Target),
                ["logit"] = first.ScoreBefore,
                ["probability"] = first.ProbabilityBefore,
            },
            ["layers"] = Numbers(trial.Request.Layers),
            ["kind"] = trial.Request.Kind?.Name,
            ["heads"] = Numbers(trial.Request.Heads),
            ["taps"] = trial.Request.CutsTaps,
            ["experts"] = Numbers(trial.Request.Experts),
            ["knockouts"] = new JsonArray([.. trial.Pieces.Zip(trial.Effects, (piece, effect) => (JsonNode)
                        new JsonObject
                        {
                            ["sources"] = new JsonArray([.. trial.SourcesOf(piece).Select(token => (JsonNode)token)]),
                            ["text"] = trial.Request.Sources is { } sources
                                ? string.Concat(sources.Select(token => text.Tokens[token].Text))
                                : piece.Text,
                            ["logit"] = effect.ScoreAfter,
                            ["probability"] = effect.ProbabilityAfter,
                            ["drop"] = effect.ScoreDrop,
                            ["most_likely"] = new JsonObject
                            {
                                ["id"] = effect.MostLikelyAfter,
                                ["text"] = model.Show(effect.MostLikelyAfter),
                            },
                        })]),
        };
    }

    private static JsonArray? Numbers(IReadOnlyList<int>? numbers)
        => numbers is null ? null : [.. numbers.Select(number => (JsonNode)number)];
}
