using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Application;
using Mambascope.Explorer.Saving;

namespace Mambascope.Cli.Explanations;

/// <summary>Writes what was found out: files first, then what is printed, then warnings.</summary>
internal static class ExplanationDelivery
{
    internal static void Deliver<T>(Session session, ExplanationFiles files, Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (files.Tensors is { } tensors)
        {
            TensorFile.Save(ExplanationTensors.Of(explanation, files.IsOriginal), tensors);
        }

        if (files.Picture is { } picture)
        {
            WritePicture(session, files, picture, explanation);
        }

        var weak = files.PseudoMask is { } asked ? PseudoMaskFiles.Of(asked, explanation, files.IsOriginal) : null;
        weak?.Save(explanation, files.MayReplace);
        if (session.Json)
        {
            session.WriteJson(Json(files, explanation, weak));
        }
        else
        {
            ExplanationReport.Write(session.Out, explanation, [.. files.Written, .. weak?.Lines ?? []]);
        }

        ExplanationReport.WarnOf(session, explanation);
    }

    /// <summary>Many explanations: a page, a line each, one document.</summary>
    internal static void DeliverMany(Session session, ExplanationFiles files, LoadedModelNames model, Batch<ExplainedInput> batch)
    {
        if (files.Picture is { } page && batch.Results.Count > 0)
        {
            var report = ExplanationCollection.Page(model, batch.Results);
            Interruption.Shield(() => report.Save(page));
        }

        if (session.Json)
        {
            session.WriteJson(new JsonObject
            {
                ["model"] = model.Name,
                ["results"] = new JsonArray([.. batch.Results.Select(result => (JsonNode)result.Json!)]),
                ["failed"] = batch.Failed,
                ["page"] = files.Picture,
                ["tensors"] = files.Tensors,
            });
        }
        else
        {
            string?[] folders = [files.PseudoMask?.Mask, files.PseudoMask?.Boxes];
            ExplanationReport.WriteMany(session.Out, model, batch.Results, files.Written.Concat(folders.OfType<string>().Distinct()));
        }

        batch.RequireAll();
    }

    internal static void DeliverEveryPosition<T>(Session session, ExplanationFiles files, IReadOnlyList<Explanation<T>> explanations)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (files.Picture is { } page)
        {
            var report = ExplanationPage.Of(explanations);
            Interruption.Shield(() => report.Save(page));
        }

        if (session.Json)
        {
            session.WriteJson(
                new JsonObject
                {
                    ["positions"] = new JsonArray([.. explanations.Select(explanation => (JsonNode)Json(files, explanation, weak: null))]),
                });
        }
        else
        {
            ExplanationReport.WriteEveryPosition(session.Out, explanations, files.Written);
        }
    }

    private static void WritePicture<T>(Session session, ExplanationFiles files, string picture, Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (explanation.Subject is TextSubject { Length: > Explaining.LongestRecorded } text)
        {
            var report = ExplanationPage.Of(explanation, text); // what a page holds beside it grows with the square of the text
            Interruption.Shield(() => report.Save(picture));
        }
        else if (ExplanationFiles.IsPageName(picture))
        {
            WritePage(session, files, picture, explanation);
        }
        else if (explanation.Subject is PictureSubject subject)
        {
            OutputFile.WritePng(ExplanationSheet.Render(explanation, subject, files.Colors, files.IsOriginal), picture, files.MayReplace);
        }
        else if (explanation.Subject is SeriesSubject series)
        {
            OutputFile.WritePng(SeriesSheet.Render(explanation, series, files.Colors), picture, files.MayReplace);
        }
    }

    private static void WritePage<T>(Session session, ExplanationFiles files, string file, Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var page = session.Progress.Following(
            "making the page", steps => SavedPage.Of(explanation, new() { IsOriginal = files.IsOriginal }, steps));
        Interruption.Shield(() => AtomicFile.Write(file, stream => stream.Write(page.Bytes)));
        if (page.LeftOut.Count > 0)
        {
            session.Note($"{file} has at most {SavedPage.Most >> 20} MB and holds not all: left out are {string.Join(", ", page.LeftOut)}");
        }
    }

    private static JsonObject Json<T>(ExplanationFiles files, Explanation<T> explanation, PseudoMaskFiles? weak)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var result = ExplanationJson.Of(explanation);
        result[explanation.Subject is TextSubject || ExplanationFiles.IsPageName(files.Picture) ? "page" : "picture"] = files.Picture;
        result["tensors"] = files.Tensors;
        weak?.AddTo(result, explanation);
        return result;
    }
}
