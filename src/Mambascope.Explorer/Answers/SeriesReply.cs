using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Application;
using Mambascope.Checkpoints;
using Mambascope.Explorer.Serving;
using Mambascope.Models;

namespace Mambascope.Explorer.Answers;

/// <summary>What is told about a series or a row of a table, the same by the server and in a saved page.</summary>
internal static class SeriesReply
{
    /// <summary>The measured values, and the answer to them.</summary>
    /// <param name="run">What the model made of them.</param>
    /// <param name="model">The model.</param>
    /// <param name="subject">The case.</param>
    /// <param name="truth">Steps that are known to decide; null where that is not known.</param>
    internal static Tensors Verdict(Run<float> run, SeriesModel model, SeriesSubject subject, IReadOnlyList<int>? truth)
    {
        var format = subject.Format;
        var about = SeriesJson.Of(subject);
        about["top"] = ExplanationJson.Of(run.Top(run.Predictions.Count), ModelInput.Series);
        about["channels"] = new JsonArray([.. format.Variables.Select(variable => (JsonNode)variable.Title)]);
        about["isTable"] = !subject.IsOfSteps;
        about["stepsOfToken"] = model.Model.PatchLength;
        about["start"] = subject.HasClock ? subject.Clock!.Value.Start : 0;
        about["timeStep"] = subject.HasClock ? subject.Clock!.Value.Step : 1;
        about["hasClock"] = subject.HasClock;
        about["truth"] = truth is { Count: > 0 } ? new JsonArray([.. truth.Select(step => (JsonNode)step)]) : null;
        if (!subject.IsOfSteps)
        {
            about["values"] = new JsonArray([.. Enumerable.Range(0, format.Variables.Count).Select(i => (JsonNode)subject.Value(i))]);
        }

        return new(about, new SafetensorsWriter().Add("values", [subject.Case.Length, subject.Case.Width], subject.Case.Values));
    }

    /// <summary>Relevance of every token, and of every value where a method reaches it.</summary>
    internal static Tensors Maps<T>(Explanation<T> explanation, SeriesSubject subject)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var writer = new SafetensorsWriter();
        foreach (var (map, name) in explanation.Maps.Zip(MapNames.Of(explanation)))
        {
            writer.AddMap($"map.{name}", map);
            if (map.Map.InputValues is { } inputs)
            {
                writer.AddValues($"input.{name}", [subject.Case.Length, subject.Case.Width], [.. inputs]);
            }
        }

        return new(MapNames.About(explanation), writer);
    }
}
