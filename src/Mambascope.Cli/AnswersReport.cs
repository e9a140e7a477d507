using System.Text.Json.Nodes;
using Mambascope.Application;
using Mambascope.Cli.Explanations;
using Mambascope.Models;

namespace Mambascope.Cli;

/// <summary>What a model answered to one input.</summary>
/// <param name="Subject">The input.</param>
/// <param name="Top">The most likely answers.</param>
internal sealed record Answers(Subject Subject, IReadOnlyList<Prediction> Top)
{
    /// <summary>For machines.</summary>
    internal JsonObject Json(LoadedModel model)
    {
        var result = new JsonObject { ["input"] = Subject.InFull, ["model"] = model.Name };
        if (Subject is PictureSubject picture)
        {
            result["preprocessing"] = PreprocessingJson.Of(picture);
        }
        else if (Subject is SeriesSubject series)
        {
            result["series"] = SeriesJson.Of(series);
        }
        else if (Subject is TextSubject text)
        {
            result["tokens"] = text.Length;
        }

        result["top"] = ExplanationJson.Of(Top, model.Reads);
        return result;
    }
}

/// <summary>Answers to many inputs: a line each, or one document.</summary>
internal static class AnswersReport
{
    internal static void Deliver(Session session, LoadedModel model, Batch<Answers> batch)
    {
        if (session.Json)
        {
            session.WriteJson(new JsonObject
            {
                ["model"] = model.Name,
                ["results"] = new JsonArray([.. batch.Results.Select(result => (JsonNode)result.Json(model))]),
                ["failed"] = batch.Failed,
            });
        }
        else
        {
            Write(session.Out, model, batch.Results);
        }

        batch.RequireAll();
    }

    private static void Write(TextWriter output, LoadedModel model, List<Answers> results)
    {
        if (results.Count == 0)
        {
            return;
        }

        output.WriteLine($"{results.Count} inputs to {model.Name}:");
        var table = new TextTable("", " ", "", "");
        foreach (var (subject, top) in results)
        {
            var others = top.Skip(1).Select(answer => $"{Label(answer, model)} {answer.Amount}");
            table.Add(
                ShownText.Line(subject is PictureSubject picture ? picture.File : subject.Name),
                top[0].Amount,
                Label(top[0], model),
                string.Join(", ", others)
                    + (subject is SeriesSubject { Case.Label: { } label } ? $"; labelled {ShownText.Line(label)}" : ""));
        }

        table.Write(output, "  ");
        if (model is ImageClassifier classifier)
        {
            output.WriteLine($"preprocessing: {classifier.Preprocessing.Words}");
            ShippedClasses.Write(output, model);
        }

        SeriesReport.WriteShare(output, model, results);
        foreach (var picture in results.Select(result => result.Subject).OfType<PictureSubject>().Where(picture => picture.Notes.Count > 0))
        {
            output.WriteLine($"{ShownText.Line(picture.File)}: {string.Join("; ", picture.Notes)}");
        }
    }

    private static string Label(Prediction answer, LoadedModel model)
        => model.Reads == ModelInput.Text ? ReadText.Quote(answer.Label, answer.Index) : ShownText.Line(answer.Label);
}
