using System.Numerics;

namespace Mambascope.Attribution;

/// <summary>
/// Occlusion (Zeiler and Fergus 2014, as Captum has it): a window of patches (of a text, of tokens) slides over the input, what lies in it
/// is set to 0, and each patch gets the mean drop of the explained score over the windows that covered it. The window's side is the option
/// segment; it moves by one patch, or by more where the budget asks for it.
/// </summary>
public sealed class Occlusion : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "occlusion";

    /// <inheritdoc/>
    public override string Description => "drop of the explained score while a window covers the token";

    /// <inheritdoc/>
    public override IReadOnlyList<AttributionOption> Options => [AttributionOption.Segment, AttributionOption.Budget];

    /// <inheritdoc/>
    public override bool IsClassSpecific => true;

    /// <inheritdoc/>
    public override bool RunsModel => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
        => [.. Enumerable.Range(0, run.Decision.Batch).Select(item => Explain(run, item))];

    private static RelevanceMap<T> Explain<T>(MethodRun<T> run, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var parts = new RemovedParts<T>(run, item);
        var windows = Windows(parts.Size, run.Options);
        var scores = parts.Scores(windows, done: 0, windows.Count);
        var whole = double.CreateTruncating(run.Decision.Score(item));
        var (drops, covers) = (new double[windows[0].Length], new int[windows[0].Length]);
        for (var w = 0; w < windows.Count; w++)
        {
            for (var place = 0; place < drops.Length; place++)
            {
                if (windows[w][place])
                {
                    drops[place] += whole - scores[w];
                    covers[place]++;
                }
            }
        }

        return parts.Map(
            [.. drops.Zip(covers, (drop, count) => drop / count)], new Dictionary<string, double> { ["forward_passes"] = windows.Count });
    }

    private static List<bool[]> Windows((int Rows, int Columns) size, AttributionOptions options)
    {
        if (options.Segment < 1)
        {
            throw new BadInputException($"occlusion needs a segment of at least 1, not {options.Segment}");
        }

        var (height, width) = (Math.Min(options.Segment, size.Rows), Math.Min(options.Segment, size.Columns));
        for (var stride = 1; stride <= options.Segment; stride++)
        {
            var (rows, columns) = (Starts(size.Rows, height, stride), Starts(size.Columns, width, stride));
            if (rows.Count * columns.Count <= (options.Budget ?? int.MaxValue))
            {
                return [.. rows.SelectMany(top => columns.Select(left => Window(size, top, left, height, width)))];
            }
        }

        throw new BadInputException(
            $"{options.Budget} forward passes are too few for occlusion of {size.Rows} x {size.Columns} tokens in windows of "
                + $"{options.Segment}; allow more (budget) or take larger windows (segment)");
    }

    // The last window ends where the input does.
    private static List<int> Starts(int length, int window, int stride)
    {
        List<int> starts = [.. Enumerable.Range(0, (length - window + stride) / stride).Select(i => i * stride)];
        if (starts[^1] < length - window)
        {
            starts.Add(length - window);
        }

        return starts;
    }

    private static bool[] Window((int Rows, int Columns) size, int top, int left, int height, int width)
    {
        var window = new bool[size.Rows * size.Columns];
        for (var row = top; row < top + height; row++)
        {
            window.AsSpan((row * size.Columns) + left, width).Fill(true);
        }

        return window;
    }
}
