using System.Numerics;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Application;

/// <summary>A map of what one token of a picture takes from every token of its layer, where they lie.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Name">Which scan: "together", "rows", "columns-backward".</param>
/// <param name="Map">On the grid of the layer.</param>
public sealed record PathMap<T>(string Name, RelevanceMap<T> Map)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>The attention of one token of a picture, in the picture's coordinates: of all scans together, and of each.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed record TokenAttention<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Whose attention it is.</summary>
    public required LoadedModel Model { get; init; }

    /// <summary>To what.</summary>
    public required PictureSubject Subject { get; init; }

    /// <summary>Which layer, channel, part of the mixer.</summary>
    public required AttentionRequest Request { get; init; }

    /// <summary>Row and column of the token on the layer's grid.</summary>
    public required (int Row, int Column) Place { get; init; }

    /// <summary>The layer's grid.</summary>
    public required TokenGrid Grid { get; init; }

    /// <summary>All scans together first; then, where there are several, each alone.</summary>
    public required IReadOnlyList<PathMap<T>> Maps { get; init; }

    /// <summary>Whether hidden attention gives the run back; null for a model without scans.</summary>
    public SelfCheck? Check { get; init; }

    /// <summary>The layer in words: "stage 1, layer 0", or "layer 12".</summary>
    public string Where => $"{(Request.Stage is { } stage ? $"stage {stage}, " : "")}layer {Request.Layer}";

    /// <summary>Runs the model and computes the maps; no matrix is formed.</summary>
    /// <param name="model">Who is asked.</param>
    /// <param name="subject">About what.</param>
    /// <param name="request">Which layer, channel, part of the mixer.</param>
    /// <param name="place">Row and column of the token on the layer's grid.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <exception cref="BadInputException">Something that was asked for does not exist.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static TokenAttention<T> Of(
        ImageClassifier model,
        PictureSubject subject,
        AttentionRequest request,
        (int Row, int Column) place,
        IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(request);
        request.Check(model);
        progress?.Report(new("running the model"));
        using var run = subject.Run<T>(model, token: null, cancellation);
        var number = request.LayerOf(model.Model.Facts);
        var layer = run.Trace.Layers[number];
        var mixer = layer.Mixers is [var only]
            ? only
            : throw new BadInputException($"layer {request.Layer} of {model.Name} has no single mixer whose attention could be shown");
        var grid = layer.Layout.Grid ?? throw new ArgumentException("The run is not one of a picture", nameof(subject));
        if (place.Row < 0 || place.Row >= grid.Rows || place.Column < 0 || place.Column >= grid.Columns)
        {
            throw new BadInputException(
                $"token {place.Row},{place.Column} does not exist; layer {request.Layer}"
                    + $"{(request.Stage is { } s ? $" of stage {s}" : "")} has rows 0 to {grid.Rows - 1} "
                    + $"and columns 0 to {grid.Columns - 1}");
        }

        progress?.Report(new("computing the map"));
        var v = Activation<T>.Zeros(1, layer.Layout.Length, 1);
        v.Row(layer.Layout.Shown.ElementAt((place.Row * grid.Columns) + place.Column))[0] = T.One;
        var maps = Selections(mixer, request).Select(selection =>
        {
            var row = Row(run.Trace.Tape.Workers, run.Trace.Tape.Pool, mixer, request, selection.Directions, v);
            T[] shown = [.. layer.Layout.Shown.Select(token => row.Row(token)[0])];
            return new PathMap<T>(selection.Name, RelevanceMap<T>.Of(shown, grid.Rows, grid.Columns));
        }).ToArray();
        progress?.Report(new("checking"));
        return new()
        {
            Model = model,
            Subject = subject,
            Request = request,
            Place = place,
            Grid = grid,
            Maps = maps,
            Check = SelfCheck.Of(run.Trace, cancellation: cancellation),
        };
    }

    private static IEnumerable<(string Name, ScanDirections Directions)> Selections(MixerTrace<T> mixer, AttentionRequest request)
    {
        if (request.Directions != ScanDirections.Both)
        {
            return [(NameOf(request.Directions, mixer), request.Directions)];
        }

        ScanDirections[] each = mixer is not ScanMixerTrace<T> scans ? []
            : scans.Scans.Count switch
            {
                2 => [ScanDirections.Forward, ScanDirections.Backward],
                4 => [ScanDirections.Forward, ScanDirections.Columns, ScanDirections.Backward, ScanDirections.ColumnsBackward],
                _ => [],
            };
        return [("together", ScanDirections.Both), .. each.Select(direction => (NameOf(direction, mixer), direction))];
    }

    private static string NameOf(ScanDirections direction, MixerTrace<T> mixer)
        => (direction, (mixer as ScanMixerTrace<T>)?.Scans.Count) switch
        {
            (ScanDirections.Forward, 4) => "rows",
            (ScanDirections.Backward, 4) => "rows-backward",
            (ScanDirections.Columns, _) => "columns",
            (ScanDirections.ColumnsBackward, _) => "columns-backward",
            (ScanDirections.Backward, _) => "backward",
            _ => "forward",
        };

    // The token's row: of the channel that was asked for, or the mean over channels (or heads).
    private static Activation<T> Row(
        Workers workers, BufferPool<T> pool, MixerTrace<T> mixer, AttentionRequest request, ScanDirections directions, Activation<T> v)
    {
        if (mixer is not ScanMixerTrace<T> scans)
        {
            return TokenMixing<T>.Of(mixer).Rows(workers, pool, request.View, v, request.Sign, ChannelReduction.Mean);
        }

        var rows = pool.Rent(1, v.Length, scans.X.Data.Width);
        AttentionProduct.Channels(workers, pool, scans, request.View, directions, v, rows);
        var row = Activation<T>.Zeros(1, v.Length, 1);
        for (var t = 0; t < v.Length; t++)
        {
            row.Row(t)[0] = request.Channel is { } channel
                ? rows.Row(t)[channel]
                : ChannelReductions.Reduce<T>(rows.Row(t), request.Sign, ChannelReduction.Mean);
        }

        pool.Return(rows);
        return row;
    }
}
