using System.Text.Json.Nodes;
using Mambascope.Application;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Checkpoints;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Explorer.Serving;
using Mambascope.Explorer.Subjects;
using Mambascope.Imaging;
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

/// <summary>What a model says about a picture.</summary>
/// <param name="Top">All classes, most likely first.</param>
/// <param name="Width">Columns of the picture as the model sees it.</param>
/// <param name="Height">Rows of the picture as the model sees it.</param>
/// <param name="Preprocessing">What was done to the picture, in words.</param>
/// <param name="Seen">Left, top, right and bottom of what it sees, in pixels of the original.</param>
internal sealed record PictureVerdict(
    IReadOnlyList<Prediction> Top, int Width, int Height, string? Preprocessing, IReadOnlyList<double> Seen);

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
            .WithSummary("Takes a picture in, the body being the file; it stays in memory, and the answer says how to ask about it")
            .Produces<TakenPicture>();
        routes.MapGet("/pictures/{picture}", (string picture, int? side, HttpContext context)
                => desk.Answer(context, (_, _) => Png(Small(pictures.Find(picture).Image, side ?? LargestSide))))
            .WithSummary("The picture as it came, upright, its longer side at most so many pixels").Produces(200, null, "image/png");
        routes.MapGet(Of, (string model, string picture, HttpContext context)
                => desk.Answer(context, (_, stop) => Verdict(model, picture, stop)))
            .WithSummary("How likely the model holds each class to be").Produces<PictureVerdict>();
        routes.MapGet(Of + "/input", (string model, string picture, HttpContext context)
                => desk.Answer(context, (_, _) => Png(Subject(models.FindForPictures(model), picture).Input.Image)))
            .WithSummary("The picture as the model sees it").Produces(200, null, "image/png");
        routes.MapGet(
                Of + "/explanation",
                (string model, string picture, [FromQuery] string[]? method, string? mode, string? target, int? token, HttpContext context)
                    => desk.Answer(context, (progress, stop)
                        => Explanation(model, picture, method, mode, target, token, progress, stop)))
            .WithSummary("Relevance of every patch by one or more methods").Produces(200, null, Tensors.Kind);
        routes.MapGet(
                Of + "/mask",
                (string model, string picture, string method, string? mode, string? target, int? token, string? threshold, string? boxes,
                        HttpContext context)
                    => desk.Answer(context, (progress, stop)
                        => Mask(model, picture, method, mode, target, token, threshold, boxes, progress, stop)))
            .WithSummary("A map as foreground and background, with boxes around the foreground").Produces(200, null, Tensors.Kind);
        routes.MapGet(
                Of + "/attention",
                (string model, string picture, int layer, string? view, string? direction, string? sign, int? channel, int? head,
                        int? channels, int? token, HttpContext context)
                    => desk.Answer(context, (progress, stop) => Attention(
                        model, picture, Request(layer, view, direction, sign, channel, head, channels, token), progress, stop)))
            .WithSummary("What every token of a layer takes from every token").Produces(200, null, Tensors.Kind);
        routes.MapGet(Of + "/layers", (string model, string picture, string? view, int? token, HttpContext context)
                => desk.Answer(context, (progress, stop) => Layers(model, picture, view, token, progress, stop)))
            .WithSummary("What one token takes in every layer and direction").Produces(200, null, Tensors.Kind);
        routes.MapGet(Of + "/knockout", (string model, string picture, string? patches, string? eraser, HttpContext context)
                => desk.Answer(context, (_, stop) => Knockout(model, picture, patches, eraser, stop)))
            .WithSummary("The classes with and without some patches").Produces<PatchTrial>();
        routes.MapGet(
                Of + "/deletion",
                (string model, string picture, string method, string? mode, string? target, int? token, HttpContext context)
                    => desk.Answer(context, (progress, stop) => Deletion(model, picture, method, mode, target, token, progress, stop)))
            .WithSummary("How fast the answer goes when pixels are erased in the order of a map").Produces<DeletionCurves>();
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
        var seen = input.Transform.Seen;
        return Results.Ok(new PictureVerdict(
            run.Top(run.Predictions.Count), input.Width, input.Height, input.Description?.Words,
            [seen.Left, seen.Top, seen.Right, seen.Bottom]));
    }

    private Tensors Explanation(
        string model, string picture, string[]? methods, string? mode, string? target, int? token, IProgress<Step>? progress,
        CancellationToken stop)
    {
        var classifier = models.FindForPictures(model);
        var explanation = Explain(classifier, picture, methods, mode, target, token, progress, stop);
        var (about, writer) = (ExplanationJson.Of(explanation), new SafetensorsWriter());
        foreach (var map in explanation.Maps)
        {
            writer.AddMap($"map.{map.Method.Name}", map);
        }

        return new(about, writer);
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
        var image = Subject(classifier, picture).Input.Image;
        var mask = PseudoMask.Of(map, image.Height, image.Width, MapThreshold.Parse(threshold ?? "mean"));
        var about = new JsonObject
        {
            ["foreground"] = (double)mask.Area / mask.Values.Length,
            ["boxes"] = new JsonArray([
                .. PseudoMask.Boxes(mask, Words.Choice("boxes", boxes, BoxRule.Largest)).Select(box => new JsonObject
                {
                    ["left"] = box.Left,
                    ["top"] = box.Top,
                    ["right"] = box.Right,
                    ["bottom"] = box.Bottom,
                }),
            ]),
        };
        return new(about, new SafetensorsWriter().Add("mask", [mask.Height, mask.Width], mask.Values));
    }

    private Tensors Attention(
        string model, string picture, AttentionRequest request, IProgress<Step>? progress, CancellationToken stop)
    {
        var classifier = models.FindForPictures(model);
        return Matrix(Attending.Show<float>(classifier, Subject(classifier, picture), Checked(classifier, request), progress, stop));
    }

    private Tensors Layers(
        string model, string picture, string? view, int? token, IProgress<Step>? progress, CancellationToken stop)
    {
        var classifier = models.FindForPictures(model);
        return Strip(LayerStrip.Of<float>(
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

    // A matrix and a strip look the same for pictures and text.
    internal static Tensors Matrix(ShownAttention<float> attention)
    {
        var length = attention.Matrix.Length;
        return new(AttentionJson.Of(attention), new SafetensorsWriter().Add("matrix", [length, length], attention.Matrix.Values));
    }

    internal static Tensors Strip(IReadOnlyList<LayerRow<float>> rows)
    {
        var about = new JsonObject
        {
            ["rows"] = new JsonArray([.. rows.Select(row => new JsonObject { ["layer"] = row.Layer, ["part"] = row.Part })]),
        };
        var writer = new SafetensorsWriter();
        foreach (var (i, row) in rows.Index())
        {
            writer.Add($"row.{i}", [row.Values.Length], row.Values);
        }

        return new(about, writer);
    }

    internal static AttentionRequest Request(
        int layer, string? view, string? direction, string? sign, int? channel, int? head, int? channels, int? token)
        => new()
        {
            Layer = layer,
            View = Words.Choice("view", view, AttentionView.S6),
            Directions = Words.Choice("direction", direction, ScanDirections.Both),
            Sign = Words.Choice("sign", sign, SignRule.Keep),
            Channel = channel,
            Head = head,
            TopChannels = channels,
            Token = token,
        };

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

    private static RgbImage Small(RgbImage image, int side)
    {
        var (longer, most) = (Math.Max(image.Width, image.Height), Math.Clamp(side, 16, LargestSide));
        return longer <= most
            ? image
            : PilResize.Resize(
                image, Math.Max(1, image.Width * most / longer), Math.Max(1, image.Height * most / longer), ResizeFilter.Bilinear);
    }

    private static IResult Png(RgbImage image) => Results.Bytes(ImageFile.EncodePng(image), "image/png");
}
