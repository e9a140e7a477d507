using System.Numerics;
using Mambascope.Application;
using Mambascope.Attention;
using Mambascope.Imaging;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Cli.Explanations;

/// <summary>An attention matrix for people: in words, and as a picture.</summary>
internal static class AttentionReport
{
    internal static void Write<T>(TextWriter output, ShownAttention<T> attention, IEnumerable<string> files)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (var entry in attention.Ranked ?? [])
        {
            output.WriteLine($"  channel {entry.Channel,4}  takes {double.CreateTruncating(entry.Weight):G4} in all");
        }

        foreach (var mixer in attention.Beside.Prepend(attention))
        {
            output.WriteLine($"{Title(mixer)}{Part(mixer)}: {Size(mixer)} from {mixer.Least:G4} to {mixer.Greatest:G4}");
        }

        foreach (var file in files)
        {
            output.WriteLine($"wrote {file}");
        }
    }

    private static string Size<T>(ShownAttention<T> attention)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var length = attention.Matrix.Length;
        return attention.Blocks is null
            ? $"{length} x {length},"
            : $"{((TextSubject)attention.Subject).Length:N0} tokens in {length} blocks, means";
    }

    /// <summary>The mixers of a layer side by side.</summary>
    internal static MatrixSheet Sheet<T>(IReadOnlyList<ShownAttention<T>> mixers, ColorMap? colors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new(
            $"Layer {mixers[0].Request.Layer} of {mixers[0].Model.Name}: "
                + string.Join(" beside ", mixers.Select(mixer => mixer.Kind.Noun)),
            [new(new($"{mixers[0].Subject.Name}", ""), [.. mixers.Select(mixer => Plot(mixer, colors))])]);

    internal static MatrixPlot Plot<T>(ShownAttention<T> attention, ColorMap? colors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (matrix, isJoined) = (attention.Matrix, attention.Blocks is not null);
        var size = isJoined ? $" · {((TextSubject)attention.Subject).Length:N0} tokens in {matrix.Length} blocks" : "";
        var plot = new MatrixPlot(
            [.. matrix.Values.Select(float.CreateTruncating)],
            matrix.Length,
            matrix.Length,
            $"{Title(attention)}{(isJoined ? ", between blocks" : "")}")
        {
            Subtitle =
                $"{attention.Subject.Name}{size} · {attention.Model.Name}{Part(attention).Replace(", ", " · ", StringComparison.Ordinal)}",
            MarkedToken = attention.ClassToken,
            TokenLabels = attention.Labels,
            ColorMap = colors,
        };
        var word = isJoined ? "block" : attention.Subject is SeriesSubject series ? WordOf(attention, series) : null;
        return word is null ? plot : plot with { RowTitle = $"query (output) {word}", ColumnTitle = $"key (input) {word}" };
    }

    private static string WordOf<T>(ShownAttention<T> attention, SeriesSubject series)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => !series.IsOfSteps ? "column"
            : ((ISeriesModel)attention.Model.Model).PatchLength is var steps && steps > 1 ? $"token ({steps} steps each)"
            : "step";

    private static string Title<T>(ShownAttention<T> attention)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var request = attention.Request;
        if (attention.Kind == MixerKind.Softmax)
        {
            return $"Softmax attention, layer {request.Layer}, {(request.Head is { } head ? $"head {head}" : "mean over heads")}";
        }

        var (mean, over) = (
            request.Sign == SignRule.Absolute ? "mean absolute value" : "mean",
            request.TopChannels is { } count ? $"the {count} strongest channels" : "channels");
        var kind =
            attention.Kind == MixerKind.Scan
                ? "Hidden attention"
                : $"{char.ToUpperInvariant(attention.Kind.Noun[0])}{attention.Kind.Noun[1..]}";
        return $"{kind}, layer {request.Layer}, "
            + $"{(request.Channel is { } index ? $"channel {index}" : request.Head is { } h ? $"head {h}" : $"{mean} over {over}")}";
    }

    private static string Part<T>(ShownAttention<T> attention)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (attention.Kind != MixerKind.Scan)
        {
            return "";
        }

        var (request, part) = (
            attention.Request, $", {(attention.Request.View == AttentionView.S6 ? "scan alone (s6)" : "whole mixer (block)")}");
        return attention.Model.Reads == ModelInput.Text
            ? part
            : $"{part}, "
                + (request.Directions == ScanDirections.Both
                    ? "both directions"
                    : $"{request.Directions.ToString().ToLowerInvariant()} direction");
    }
}
