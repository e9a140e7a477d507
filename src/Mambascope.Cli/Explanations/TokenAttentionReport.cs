using System.Numerics;
using Mambascope.Application;
using Mambascope.Checkpoints;
using Mambascope.Imaging;
using Mambascope.Inputs.Images;

namespace Mambascope.Cli.Explanations;

/// <summary>The attention of one token of a picture: in words, as a sheet, as tensors.</summary>
internal static class TokenAttentionReport
{
    internal static void Write<T>(TextWriter output, TokenAttention<T> attention, IEnumerable<string> files)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        output.WriteLine(
            $"Hidden attention of token {attention.Place.Row},{attention.Place.Column}, {attention.Where}, "
                + $"{(attention.Request.Channel is { } channel ? $"channel {channel}" : "mean over channels")}:");
        foreach (var path in attention.Maps)
        {
            var peak = Array.IndexOf(path.Map.Values, path.Map.Values.Max());
            output.WriteLine(
                $"  {path.Name,-16} from {path.Map.Values.Min():G4} to {path.Map.Values.Max():G4}, most from token "
                    + $"{peak / path.Map.Columns},{peak % path.Map.Columns}");
        }

        foreach (var file in files)
        {
            output.WriteLine($"wrote {file}");
        }
    }

    internal static RgbImage Render<T>(TokenAttention<T> attention, ColorMap? colors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (image, grid, place) = (attention.Subject.Input.Image, attention.Grid, attention.Place);
        SheetPanel[] panels =
        [
            new("token", image)
            {
                Note = $"row {place.Row} of {grid.Rows}, column {place.Column} of {grid.Columns}, counted from 0",
                Outline = new(Square(image, grid.Rows, grid.Columns, place), image.Height, image.Width),
            },
            .. attention.Maps.Select(path => new SheetPanel(path.Name, image)
            {
                Note = path.Map.Degenerate,
                Map = new([.. path.Map.Values.Select(float.CreateTruncating)], path.Map.Rows, path.Map.Columns)
                {
                    Options = new() { ColorMap = colors },
                    Words = new("more attention", "negative"),
                },
            }),
        ];
        return new Sheet($"Hidden attention of token {place.Row},{place.Column}, {attention.Where}", panels)
        {
            Subtitle = $"{attention.Subject.Name} · {attention.Model.Name}",
            Columns = Math.Min(panels.Length, 3),
        }.Render();
    }

    /// <summary>Tensors attention (rows, columns), and attention.SCAN of each scan.</summary>
    internal static void Save<T>(TokenAttention<T> attention, string file)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, map) in attention.Maps)
        {
            writer.AddValues(name == attention.Maps[0].Name ? "attention" : $"attention.{name}", [map.Rows, map.Columns], map.Values);
        }

        Interruption.Shield(() => writer.Save(file));
    }

    // The pixels that the token stands for.
    private static byte[] Square(RgbImage image, int rows, int columns, (int Row, int Column) place)
    {
        var mask = new byte[image.Height * image.Width];
        for (var i = 0; i < mask.Length; i++)
        {
            var (y, x) = (i / image.Width * rows / image.Height, i % image.Width * columns / image.Width);
            mask[i] = (y, x) == place ? (byte)1 : (byte)0;
        }

        return mask;
    }
}
