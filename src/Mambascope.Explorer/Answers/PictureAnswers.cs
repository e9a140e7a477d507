using Mambascope.Application;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Explorer.Serving;
using Mambascope.Explorer.Subjects;
using Mambascope.Inputs.Images;
using Mambascope.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Mambascope.Explorer.Answers;

/// <summary>A picture that was taken in.</summary>
/// <param name="Picture">Its name in addresses.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Width">Columns, upright.</param>
/// <param name="Height">Rows, upright.</param>
/// <param name="Notes">What was done to read it.</param>
internal sealed record TakenPicture(string Picture, string Name, int Width, int Height, IReadOnlyList<string> Notes);

/// <summary>Addresses about pictures.</summary>
internal sealed class PictureAnswers(ExplorerOptions options, OpenModels models, Pictures pictures, Desk desk)
{
    private const int LargestSide = 2048;
    private const string Of = "/models/{model}/pictures/{picture}";

    private readonly Recent<PictureSubject> subjects = new(64);
    private readonly Recent<MethodMap<float>> maps = new(512);

    /// <summary>Adds the addresses.</summary>
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/pictures", Take)
            .Asks("SendPicture", "Takes a picture in, the body being the file; it stays in memory, and the answer says how to ask about it")
            .Produces<TakenPicture>()
            .TakesFile();
        routes.MapGet("/pictures/{picture}", (string picture, int? side, HttpContext context)
                => desk.Answer(context, (_, _) => Png(pictures.Find(picture).Image, Math.Clamp(side ?? LargestSide, 16, LargestSide))))
            .Asks("Picture", "The picture as it came, upright, its longer side at most so many pixels").Gives("image/png");
        routes.MapGet(Of, (string model, string picture, HttpContext context)
                => desk.Answer(context, (_, stop) => Verdict(model, picture, stop)))
            .Asks("AskPicture", "How likely the model holds each class to be").Produces<PictureVerdict>();
        routes.MapGet(Of + "/input", (string model, string picture, HttpContext context)
                => desk.Answer(context, (_, _) => Png(Subject(models.FindForPictures(model), picture).Input.Image)))
            .Asks("PictureInput", "The picture as the model sees it").Gives("image/png");
        routes.MapGet(
                Of + "/explanation",
                (string model, string picture, [FromQuery] string[]? method, string? mode, string? target, int? token, HttpContext context)
                    => desk.Answer(context, (progress, stop)
                        => Explanation(model, picture, method, mode, target, token, progress, stop)))
            .Asks("ExplainPicture", "Relevance of every patch by one or more methods").Gives(Tensors.Kind);
        routes.MapGet(
                Of + "/mask",
                (string model, string picture, string method, string? mode, string? target, int? token, string? threshold, string? boxes,
                        HttpContext context)
                    => desk.Answer(context, (progress, stop)
                        => Mask(model, picture, method, mode, target, token, threshold, boxes, progress, stop)))
            .Asks("PictureMask", "A map as foreground and background, with boxes around the foreground").Gives(Tensors.Kind);
        routes.MapGet(
                Of + "/attention",
                (string model, string picture, int layer, string? view, string? direction, string? sign, int? channel, int? head,
                        int? channels, int? token, HttpContext context)
                    => desk.Answer(context, (progress, stop) => Attention(
                        model, picture, MatrixReply.Request(layer, view, direction, sign, channel, head, channels, token), progress, stop)))
            .Asks("PictureAttention", "What every token of a layer takes from every token").Gives(Tensors.Kind);
        routes.MapGet(Of + "/layers", (string model, string picture, string? view, int? token, HttpContext context)
                => desk.Answer(context, (progress, stop) => Layers(model, picture, view, token, progress, stop)))
            .Asks("PictureLayers", "What one token takes in every layer and direction").Gives(Tensors.Kind);
        routes.MapGet(Of + "/knockout", (string model, string picture, string? patches, string? eraser, HttpContext context)
                => desk.Answer(context, (_, stop) => Knockout(model, picture, patches, eraser, stop)))
            .Asks("KnockOut", "The classes with and without some patches").Produces<PatchTrial>();
        routes.MapGet(
                Of + "/deletion",
                (string model, string picture, string method, string? mode, string? target, int? token, HttpContext context)
                    => desk.Answer(context, (progress, stop) => Deletion(model, picture, method, mode, target, token, progress, stop)))
            .Asks("PictureDeletion", "How fast the answer goes when pixels are erased in the order of a map").Produces<DeletionCurves>();
    }

    private async Task<IResult> Take(HttpContext context, string? name)
    {
        if (context.Request.ContentLength > options.MostBytes)
        {
            throw new BadHttpRequestException("too large", StatusCodes.Status413PayloadTooLarge);
        }

        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        return await desk.Answer(context, (_, _) =>
        {
            var taken = pictures.Add(bytes.ToArray(), name);
            return Results.Ok(new TakenPicture(taken.Id, taken.Name, taken.Image.Width, taken.Image.Height, taken.Notes));
        });
    }

    private IResult Verdict(string model, string picture, CancellationToken stop)
    {
        var classifier = models.FindForPictures(model);
        var input = Subject(classifier, picture).Input;
        using var run = classifier.Run<float>(input, isRecording: false, stop);
        return Results.Ok(PictureReply.Verdict(run, input));
    }

    private Tensors Explanation(
        string model, string picture, string[]? methods, string? mode, string? target, int? token, IProgress<Step>? progress,
        CancellationToken stop)
    {
        var classifier = models.FindForPictures(model);
        return PictureReply.Maps(Explain(classifier, picture, methods, mode, target, token, progress, stop));
    }

    private Explanation<float> Explain(
        ImageClassifier classifier, string picture, string[]? methods, string? mode, string? target, int? token,
        IProgress<Step>? progress, CancellationToken stop)
    {
        var (named, how) = Words.Methods(classifier, methods, mode);
        var explanation = Explaining.Explain<float>(
            classifier, Subject(classifier, picture), new() { Methods = named, Options = how, Target = target, Token = token }, progress,
            stop);
        foreach (var map in explanation.Maps)
        {
            // Asked for again by the mask and the curve of the same map, under the class's index.
            maps.Keep(Key(classifier, picture, map.Method.Name, mode, explanation.Target.Index.ToString(), token), map);
        }

        return explanation;
    }

    private (MethodMap<float> Map, int Target) OneMap(
        ImageClassifier classifier, string picture, string method, string? mode, string? target, int? token, IProgress<Step>? progress,
        CancellationToken stop)
    {
        if (target is not null && maps.Find(Key(classifier, picture, method, mode, $"{classifier.Find(target)}", token)) is { } known)
        {
            return (known, classifier.Find(target));
        }

        var explanation = Explain(classifier, picture, [method], mode, target, token, progress, stop);
        return (explanation.Maps[0], explanation.Target.Index);
    }

    private Tensors Mask(
        string model, string picture, string method, string? mode, string? target, int? token, string? threshold, string? boxes,
        IProgress<Step>? progress, CancellationToken stop)
    {
        var classifier = models.FindForPictures(model);
        var map = OneMap(classifier, picture, method, mode, target, token, progress, stop).Map.Map;
        return PictureReply.Mask(
            map, Subject(classifier, picture).Input.Image, threshold ?? "mean", Words.Choice("boxes", boxes, BoxRule.Largest));
    }

    private Tensors Attention(
        string model, string picture, AttentionRequest request, IProgress<Step>? progress, CancellationToken stop)
    {
        var classifier = models.FindForPictures(model);
        return MatrixReply.Of(
            Attending.Show<float>(classifier, Subject(classifier, picture), Checked(classifier, request), progress, stop));
    }

    private Tensors Layers(
        string model, string picture, string? view, int? token, IProgress<Step>? progress, CancellationToken stop)
    {
        var classifier = models.FindForPictures(model);
        return MatrixReply.Of(LayerStrip.Of<float>(
            classifier, Subject(classifier, picture), token, Words.Choice("view", view, AttentionView.S6), progress, stop));
    }

    private IResult Knockout(string model, string picture, string? patches, string? eraser, CancellationToken stop)
    {
        var classifier = models.FindForPictures(model);
        return Results.Ok(PatchTrial.Run(
            classifier, Subject(classifier, picture), Words.Numbers("patches", patches), Erasers.Find(eraser ?? "mean"), stop));
    }

    private IResult Deletion(
        string model, string picture, string method, string? mode, string? target, int? token, IProgress<Step>? progress,
        CancellationToken stop)
    {
        var classifier = models.FindForPictures(model);
        var (map, explained) = OneMap(classifier, picture, method, mode, target, token, progress, stop);
        return Results.Ok(DeletionCurves.Of(
            classifier, Subject(classifier, picture), map.Map, explained, progress: progress, cancellation: stop));
    }

    internal static AttentionRequest Checked(LoadedModel model, AttentionRequest request)
    {
        var facts = model.Model.Facts;
        return request.Layer < 0 || request.Channel < 0 || request.Head < 0 || request.TopChannels < 1
            ? throw new BadInputException("layers, channels and heads are counted from 0")
            : request.Channel is not null && facts.Channels is null
                ? throw new BadInputException($"{model.Name} has no channels with a matrix each; its heads have one")
            : request.Head is not null && facts.Heads is null
                ? throw new BadInputException($"{model.Name} has no heads with a matrix each; its channels have one")
            : request;
    }

    private PictureSubject Subject(ImageClassifier classifier, string picture)
        => subjects.Of($"{classifier.Name}/{classifier.WeightFile}/{picture}", () =>
        {
            var found = pictures.Find(picture);
            return new(found.Name, classifier.Preprocess(found.Image));
        });

    private static string Key(ImageClassifier classifier, string picture, string method, string? mode, string target, int? token)
        => $"{classifier.Name}/{classifier.WeightFile}/{picture}/{method}/{mode}/{target}/{token}";

    private static IResult Png(RgbImage image, int side = LargestSide) => Results.Bytes(PictureReply.Png(image, side), "image/png");
}
