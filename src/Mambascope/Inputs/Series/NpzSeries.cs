using System.Globalization;
using Mambascope.Checkpoints;

namespace Mambascope.Inputs.Series;

/// <summary>
/// Series in NumPy's .npz: an array <c>X</c> (or <c>x</c>, <c>data</c>, or the only one that is no label) of shape (cases, time), (cases,
/// time, channels) or (time), and labels <c>y</c> (or <c>labels</c>) as whole numbers, (cases).
/// </summary>
internal static class NpzSeries
{
    private static readonly string[] dataNames = ["X", "x", "data"];
    private static readonly string[] labelNames = ["y", "Y", "label", "labels"];

    /// <summary>Reads a file.</summary>
    /// <exception cref="BadInputException">Missing, damaged, or of other arrays.</exception>
    public static SeriesData Read(string path)
    {
        using var file = NpzFile.Open(path);
        string[] others = [.. file.Names.Where(one => !labelNames.Contains(one, StringComparer.Ordinal))];
        var name = dataNames.FirstOrDefault(file.Has) ?? (others is [var only] ? only : null)
            ?? throw new BadInputException(
                $"{path} has no array X of series, (cases, time) or (cases, time, channels), and labels y; it has "
                    + string.Join(", ", file.Names.Order(StringComparer.Ordinal).Take(12).Select(Printable.Name)));
        var (shape, values) = file.ReadNumbers(name);
        var (cases, length, width) = shape switch
        {
            [var time] => (1, time, 1),
            [var count, var time] => (count, time, 1),
            [var count, var time, var channels] => (count, time, channels),
            _ => throw new BadInputException(
                $"{file.Place(name)} has shape ({string.Join(", ", shape)}), expected (cases, time), (cases, time, channels) or (time)"),
        };
        if (cases < 1 || length < 1 || width is < 1 or > SeriesLimits.Channels)
        {
            throw new BadInputException($"{file.Place(name)} has shape ({string.Join(", ", shape)}): there is nothing in it, or too much");
        }

        SeriesLimits.Check(values.Length, path);
        if (Array.FindIndex(values, float.IsInfinity) is >= 0 and var bad)
        {
            throw new BadInputException(
                $"{file.Place(name)} holds {values[bad]} at position {bad}, expected finite numbers, or NaN for missing");
        }

        var labels = Labels(file, cases);
        SeriesVariable[] variables = [.. Enumerable.Range(0, width).Select(i => new SeriesVariable(width > 1 ? $"channel {i}" : "value"))];
        return new SeriesData(
            path,
            new(SeriesKind.Steps, variables),
            [
                .. Enumerable.Range(0, cases).Select(i => SeriesCase.Filled(
                    i.ToString(CultureInfo.InvariantCulture), values[(i * length * width)..((i + 1) * length * width)], length, width) with
                {
                    Label = labels?[i],
                }),
            ],
            SeriesData.Ordered(labels ?? [])).WithGaps("filled in with the value before");
    }

    private static string[]? Labels(NpzFile file, int cases)
    {
        if (labelNames.FirstOrDefault(file.Has) is not { } name)
        {
            return null;
        }

        var (_, values) = file.ReadNumbers(name);
        return values.Length == cases
            ? Array.ConvertAll(values, value => value.ToString(CultureInfo.InvariantCulture))
            : throw new BadInputException($"{file.Place(name)} has {values.Length} labels, but there are {cases} cases");
    }
}
