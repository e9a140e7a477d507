using System.Globalization;

namespace Mambascope.Inputs.Series;

/// <summary>
/// The format of the UCR and UEA archives as sktime and aeon write it: lines that begin with # are prose, with @ the header, behind
/// <c>@data</c> a case a line: channels separated by colons, values by commas, the label last. Lengths may differ; ? is a missing value.
/// </summary>
internal sealed class TsFile
{
    private readonly string path;
    private readonly List<SeriesCase> cases = [];
    private readonly List<string> classes = [];
    private bool hasLabels;
    private bool isRegression;
    private bool isData;
    private int? channels;
    private long values;

    private TsFile(string path) => this.path = path;

    /// <summary>Reads a file.</summary>
    /// <exception cref="BadInputException">Missing, damaged, or with time stamps.</exception>
    public static SeriesData Read(string path)
    {
        var file = new TsFile(path);
        var (text, number) = (Checkpoints.TextFile.Read(path, SeriesLimits.FileBytes), 0);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            file.Line(line.Trim(), number);
        }

        return file.isData
            ? file.Data()
            : throw new BadInputException($"{path} has no line @data, behind which a .ts file has its cases");
    }

    private SeriesData Data()
    {
        SeriesVariable[] variables =
            [.. Enumerable.Range(0, channels ?? 1).Select(i => new SeriesVariable(channels > 1 ? $"channel {i}" : "value"))];
        return new SeriesData(
            path,
            new(SeriesKind.Steps, variables),
            cases,
            isRegression ? [] : classes.Count > 0 ? classes : SeriesData.Ordered(cases.Select(one => one.Label)))
        {
            HasNumbers = isRegression,
        }.WithGaps("filled in with the value before");
    }

    private void Line(ReadOnlySpan<char> line, int number)
    {
        if (line.IsEmpty || line[0] == '#')
        {
            return;
        }

        if (isData)
        {
            Case(line, number);
        }
        else if (line[0] == '@')
        {
            Header(line.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), number);
        }
        else
        {
            throw new BadInputException($"{path} line {number} begins with {Printable.Name(line[..Math.Min(20, line.Length)].ToString())} "
                + "in front of @data, expected # or @");
        }
    }

    private void Header(string[] words, int number)
    {
        var isTrue = words.Length > 1 && words[1].Equals("true", StringComparison.OrdinalIgnoreCase);
        switch (words[0].ToLowerInvariant())
        {
            case "@timestamps" when isTrue:
                throw new BadInputException(
                    $"{path} line {number}: series with time stamps are not read; write their values at even steps, with @timeStamps "
                        + "false");
            case "@classlabel":
                hasLabels = isTrue;
                classes.AddRange(words.Skip(2).Distinct(StringComparer.Ordinal));
                break;
            case "@targetlabel":
                hasLabels = isRegression = isTrue;
                break;
            case "@dimensions" or "@dimension":
                channels = words.Length > 1 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                    && count is > 0 and <= SeriesLimits.Channels
                    ? count
                    : throw new BadInputException($"{path} line {number}: {words[0]} must name 1 to {SeriesLimits.Channels} channels");
                break;
            case "@data":
                isData = true;
                break;
        }
    }

    private void Case(ReadOnlySpan<char> line, int number)
    {
        var fields = line.Count(':') + 1;
        var width = fields - (hasLabels ? 1 : 0);
        if (width < 1 || width != (channels ?? width) || width > SeriesLimits.Channels)
        {
            throw new BadInputException(
                $"{path} line {number} has {fields} part{(fields == 1 ? "" : "s")} between colons, expected "
                    + $"{channels?.ToString(CultureInfo.InvariantCulture) ?? "at least 1"} of values{(hasLabels ? " and the label" : "")}");
        }

        channels = width;
        var (rows, channel, length) = (Array.Empty<float>(), 0, 0);
        string? label = null;
        foreach (var range in line.Split(':'))
        {
            var part = line[range].Trim();
            if (channel == width)
            {
                label = Label(part, number);
                break;
            }

            var count = part.Count(',') + 1;
            if (channel == 0)
            {
                length = count;
                values += (long)length * width;
                SeriesLimits.Check(values, path);
                rows = new float[length * width];
            }
            else if (count != length)
            {
                throw new BadInputException(
                    $"{path} line {number}: channel {channel} has {count} values, channel 0 has {length}; all channels of a case must be "
                        + "equally long");
            }

            var step = 0;
            foreach (var cell in part.Split(','))
            {
                var (s, c) = (step, channel);
                rows[(step * width) + channel] = SeriesNumber.Read(
                    part[cell], () => $"{path} line {number}: value {s}{(width > 1 ? $" of channel {c}" : "")}");
                step++;
            }

            channel++;
        }

        cases.Add(SeriesCase.Filled(cases.Count.ToString(CultureInfo.InvariantCulture), rows, length, width) with { Label = label });
    }

    private string? Label(ReadOnlySpan<char> part, int number)
    {
        var label = part.ToString();
        return SeriesNumber.IsMissing(label) ? null
            : isRegression || classes.Count == 0 || classes.Contains(label, StringComparer.Ordinal) ? label
            : throw new BadInputException(
                $"{path} line {number}: the label is {Printable.Name(label)}, but @classLabel lists "
                    + string.Join(", ", classes.Take(12).Select(Printable.Name)));
    }
}
