using Mambascope.Application;
using Mambascope.Explorer.Serving;
using Mambascope.Explorer.Subjects;
using Mambascope.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Mambascope.Explorer.Answers;

/// <summary>Addresses about series and rows of tables.</summary>
internal sealed class SeriesAnswers(OpenModels models, SeriesSubjects subjects, Desk desk)
{
    private const string Of = "/models/{model}/series/{series}";

    /// <summary>Adds the addresses.</summary>
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Of, (string model, string series, HttpContext context)
                => desk.Answer(context, (_, stop) => Verdict(model, series, stop)))
            .Asks("AskSeries", "The measured values, and the answer to them: classes, or a number").Gives(Tensors.Kind);
        routes.MapGet(
                Of + "/explanation",
                (string model, string series, [FromQuery] string[]? method, string? mode, string? target, HttpContext context)
                    => desk.Answer(context, (progress, stop) => Explain(model, series, method, mode, target, progress, stop)))
            .Asks("ExplainSeries", "Relevance of every token, and of every value where a method reaches it").Gives(Tensors.Kind);
        routes.MapGet(
                Of + "/attention",
                (string model, string series, int layer, string? view, string? direction, string? sign, int? channel, int? head,
                        int? channels, HttpContext context)
                    => desk.Answer(context, (progress, stop) => Attention(
                        model, series,
                        MatrixReply.Request(layer, view, direction, sign, channel, head, channels, token: null), progress, stop)))
            .Asks("SeriesAttention", "What every token of a layer takes from every token").Gives(Tensors.Kind);
    }

    private Tensors Verdict(string name, string series, CancellationToken stop)
    {
        var model = models.FindForSeries(name);
        var (subject, truth) = subjects.Find(series, name, model);
        using var run = model.Run<float>(subject.Case, isRecording: false, stop);
        return SeriesReply.Verdict(run, model, subject, truth);
    }

    private Tensors Explain(
        string name, string series, string[]? methods, string? mode, string? target, IProgress<Step>? progress, CancellationToken stop)
    {
        var model = models.FindForSeries(name);
        var (subject, _) = subjects.Find(series, name, model);
        var (named, how) = Words.Methods(model, methods, mode);
        var explanation = Explaining.Explain<float>(
            model, subject, new() { Methods = named, Options = how, Target = target }, progress, stop);
        return SeriesReply.Maps(explanation, subject);
    }

    private Tensors Attention(string name, string series, AttentionRequest request, IProgress<Step>? progress, CancellationToken stop)
    {
        var model = models.FindForSeries(name);
        var (subject, _) = subjects.Find(series, name, model);
        return MatrixReply.Of(
            Attending.Show<float>(model, subject, PictureAnswers.Checked(model, request), progress, stop));
    }
}
