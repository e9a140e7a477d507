using System.Numerics;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Application;

/// <summary>Shows what one layer of a model attends to.</summary>
public static class Attending
{
    /// <summary>Tokens of the longest text whose matrix of single tokens is formed.</summary>
    public const int LongestText = 8192;

    /// <summary>Runs the model and computes the matrix.</summary>
    /// <param name="model">Who is asked.</param>
    /// <param name="subject">About what.</param>
    /// <param name="request">Which matrix.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <exception cref="BadInputException">
    /// Something that was asked for does not exist, or does not go with this model or input.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static ShownAttention<T> Show<T>(
        LoadedModel model,
        Subject subject,
        AttentionRequest request,
        IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(request);
        request.Check(model);
        if (model is TextModel language && subject is TextSubject text)
        {
            if (request.Blocks is { } blocks)
            {
                return BetweenBlocks<T>(language, text, request, blocks(text.Read), progress, cancellation);
            }

            if (text.Length > LongestText)
            {
                throw new BadInputException(
                    $"the text has {text.Length} tokens; a matrix of single tokens is shown for at most {LongestText}: join them with "
                        + "--blocks 256, for example");
            }
        }

        var ranking = RankingToken(model, subject, request);
        progress?.Report(new("running the model"));
        if (subject is TextSubject read)
        {
            return OfText<T>(model, read, request, ranking, progress, cancellation);
        }

        using var run = subject.Run<T>(model, token: null, cancellation);
        progress?.Report(new("computing the matrix"));
        var all = Of(model, run.Trace.Layers[request.LayerOf(model.Model.Facts)], subject, request, ranking, cancellation);
        progress?.Report(new("checking"));
        return all[0] with { Check = SelfCheck.Of(run.Trace, cancellation: cancellation), Beside = all[1..] };
    }

    /// <summary>A matrix of a run that is there already, between single tokens; several of them cost one run.</summary>
    /// <param name="run">The recorded run.</param>
    /// <param name="subject">What it was about.</param>
    /// <param name="request">Which matrix.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>The matrix, without a check of the run.</returns>
    /// <exception cref="BadInputException">Something that was asked for does not exist, or does not go with this model.</exception>
    public static ShownAttention<T> Of<T>(Run<T> run, Subject subject, AttentionRequest request, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(request);
        var model = run.Model;
        request.Check(model);
        var all = Of(
            model, run.Trace.Layers[request.LayerOf(model.Model.Facts)], subject, request, RankingToken(model, subject, request),
            cancellation);
        return all[0] with { Beside = all[1..] };
    }

    // The matrix is made and every layer checked as soon as the model has computed it: no layer is kept.
    private static ShownAttention<T> OfText<T>(
        LoadedModel model, TextSubject text, AttentionRequest request, int ranking, IProgress<Step>? progress,
        CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (shown, last) = (request.LayerOf(model.Model.Facts), text.Length - 1);
        var (all, check) = (Array.Empty<ShownAttention<T>>(), new RunningCheck<T>([.. new[] { 0, last }.Distinct()]));
        using var run = text.Run<T>(model, token: null, See, cancellation);
        return all[0] with { Check = check.Finish(), Beside = all[1..] };

        void See(int number, LayerTrace<T> layer, Tape<T> tape)
        {
            if (number == shown)
            {
                progress?.Report(new("computing the matrix"));
                all = Of(model, layer, text, request, ranking, cancellation);
                progress?.Report(new("running the model"));
            }

            check.See(layer, tape, cancellation);
        }
    }

    // No matrix over tokens is formed, and nothing is recorded as a whole.
    private static ShownAttention<T> BetweenBlocks<T>(
        TextModel model,
        TextSubject text,
        AttentionRequest request,
        IReadOnlyList<ShownPiece> blocks,
        IProgress<Step>? progress,
        CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        progress?.Report(new("computing the matrix"));
        int[] starts = [.. blocks.Select(block => block.First)];
        var matrices = LongText.Tiles(
            model.Model, model.Workers, text.Read.Ids, request.Layer, starts, request.View, LongText.StandardPiece, model.Pool<T>(),
            cancellation);
        ShownAttention<T>[] all =
        [
            .. model.Model.Shape.Layers[request.Layer].Mixers.Zip(matrices)
                .Where(mixer => request.IsShown(mixer.First))
                .Select(mixer => new ShownAttention<T>
                {
                    Model = model,
                    Subject = text,
                    Request = request,
                    Matrix = mixer.Second,
                    Kind = mixer.First.Kind,
                    Blocks = blocks,
                }),
        ];
        return all[0] with { Beside = all[1..] };
    }

    private static ShownAttention<T>[] Of<T>(
        LoadedModel model, LayerTrace<T> layer, Subject subject, AttentionRequest request, int ranking, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        =>
        [
            .. layer.Mixers
                .Where(mixer => request.IsShown(mixer.Shape))
                .Select(mixer => Of(model, mixer, subject, request, ranking, cancellation)),
        ];

    private static ShownAttention<T> Of<T>(
        LoadedModel model, MixerTrace<T> mixer, Subject subject, AttentionRequest request, int ranking, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var workers = model.Workers;
        var ranked =
            request.TopChannels is { } count && mixer is ScanMixerTrace<T> scans
                ? ChannelRanking.Top(workers, model.Pool<T>(), scans, 0, ranking, count, request.View, request.Directions)
                : null;
        var units = request.Channel is { } channel
            ? [channel]
            : ranked?.Select(entry => entry.Channel).ToArray() ?? UnitsOf(mixer.Shape, request.Head);
        var matrix = TokenMixing<T>
            .Of(mixer)
            .Matrix(
                workers,
                0,
                new()
                {
                    View = request.View,
                    Directions = request.Directions,
                    Sign = request.Channel is null ? request.Sign : SignRule.Keep,
                    Channels = units,
                },
                cancellation);
        return new()
        {
            Model = model,
            Subject = subject,
            Request = request,
            Matrix = matrix,
            Kind = mixer.Shape.Kind,
            Ranked = ranked,
        };
    }

    // A head is a unit of its own in softmax attention; in Mamba-2 its channels share one matrix of the scan.
    private static int[]? UnitsOf(MixerShape mixer, int? head)
    {
        if (head is not { } h || mixer.Count("channel") is not { } channels)
        {
            return head is { } unit ? [unit] : null;
        }

        var width = channels / mixer.Count("head") ?? channels;
        return [.. Enumerable.Range(h * width, width)];
    }

    // Where channels are ranked by a token's row: which one.
    private static int RankingToken(LoadedModel model, Subject subject, AttentionRequest request)
    {
        var classToken = model.Model.Facts.ClassToken;
        var (tokens, standard) = subject is TextSubject text ? (text.Length, text.Length - 1)
            : model.Model is ISeriesModel series && subject is SeriesSubject measured ? (series.Tokens(measured.Case.Length), -1)
            : model.Model is IVisionModel { Grid: var grid } ? (grid.Count + (classToken is null ? 0 : 1), classToken ?? -1)
            : throw new ArgumentException($"{model.Name} does not read this input", nameof(model));
        var ranking = request.Token ?? standard;
        return request.TopChannels is null || (ranking >= 0 && ranking < tokens)
            ? ranking
            : throw new BadInputException(ranking < 0
                ? $"{model.Name} has no class token to rank channels by; name a token from 0 to {tokens - 1} with --token"
                : $"token {ranking} does not exist; the sequence has tokens 0 to {tokens - 1}");
    }
}
