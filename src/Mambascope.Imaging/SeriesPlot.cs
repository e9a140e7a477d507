using Mambascope.Inputs.Images;
using SkiaSharp;

namespace Mambascope.Imaging;

/// <summary>A channel of a series, as it was measured.</summary>
/// <param name="Title">What it is called, with its unit.</param>
/// <param name="Values">A value a step; NaN leaves a gap.</param>
public sealed record SeriesCurve(string Title, float[] Values);

/// <summary>A relevance map over a series.</summary>
/// <param name="Caption">Its name, for instance the method.</param>
/// <param name="Layer">Values (1 or channels, steps): one row for all channels together, or one for each.</param>
public sealed record SeriesMap(string Caption, RelevanceLayer Layer)
{
    /// <summary>A line beneath the caption.</summary>
    public string? Note { get; init; }
}

/// <summary>
/// A series with its explanations: for every map the curves over one axis of time, and strips of colour under them that say how relevant
/// each step was, and to which side.
/// </summary>
/// <param name="Title">The first line: what is explained.</param>
/// <param name="Curves">The channels, equally long.</param>
/// <param name="Maps">The maps, from top to bottom.</param>
public sealed record SeriesPlot(string Title, IReadOnlyList<SeriesCurve> Curves, IReadOnlyList<SeriesMap> Maps)
{
    private const int MostCurves = 12;
    private const float StripHeight = 14;
    private const float Gap = 26;

    /// <summary>The second line, in a lighter tone.</summary>
    public string? Subtitle { get; init; }

    /// <summary>What the axis of time says: "time (s)", or "step".</summary>
    public string XTitle { get; init; } = "step";

    /// <summary>Time of the first step.</summary>
    public double Start { get; init; }

    /// <summary>Time from one step to the next.</summary>
    public double TimeStep { get; init; } = 1;

    /// <summary>The curves' width in layout units.</summary>
    public int PlotWidth { get; init; } = 640;

    /// <summary>A curve's height in layout units.</summary>
    public int CurveHeight { get; init; } = 72;

    /// <summary>Pixels per layout unit: 2 is sharp on today's screens and in print.</summary>
    public float PixelsPerUnit { get; init; } = 2;

    /// <summary>Draws the plot.</summary>
    /// <exception cref="BadInputException">There are no curves or maps, or their lengths differ.</exception>
    public RgbImage Render()
    {
        Check();
        var letters = new Lettering(PixelsPerUnit);
        var (margin, left) = (letters.Px(Theme.Margin), letters.Px(Theme.Margin + 56));
        var width = letters.Px(PlotWidth);
        SeriesMapPanel[] panels = [.. Maps.Select(map => new SeriesMapPanel(this, map, letters, width))];
        var title = letters.Wrap(Title, Theme.Title, left + width - margin, 2);
        var subtitle = Subtitle is null ? [] : letters.Wrap(Subtitle, Theme.Subtitle, left + width - margin, 2);
        var top = margin - letters.Px(6);
        var head = top + (title.Count * letters.Height(Theme.Title)) + (subtitle.Count * letters.Height(Theme.Subtitle)) + letters.Px(16);
        var height = head + panels.Sum(panel => panel.Height) + ((panels.Length - 1) * letters.Px(Gap)) + margin;
        return Canvas.Paint(left + width + margin, height, canvas =>
        {
            canvas.Clear(Theme.Background);
            var y = top;
            foreach (var (line, style) in title.Select(line => (line, Theme.Title)).Concat(subtitle.Select(line => (line, Theme.Subtitle))))
            {
                letters.Draw(canvas, line, margin, y, style);
                y += letters.Height(style);
            }

            y = head;
            foreach (var panel in panels)
            {
                panel.Draw(canvas, margin, left, y);
                y += panel.Height + letters.Px(Gap);
            }
        });
    }

    private void Check()
    {
        if (Curves.Count == 0 || Maps.Count == 0)
        {
            throw new BadInputException($"series '{Title}': expected at least one curve and one map");
        }

        var length = Curves[0].Values.Length;
        if (Curves.Any(curve => curve.Values.Length != length || length == 0)
            || Maps.Any(map => map.Layer.GridWidth != length || map.Layer.Values.Length != length * map.Layer.GridHeight
                || (map.Layer.GridHeight != 1 && map.Layer.GridHeight != Curves.Count)))
        {
            throw new BadInputException($"series '{Title}': expected curves and maps of one length, with one row or one for every curve");
        }
    }

    /// <summary>One map with the curves, as far as there is room for them: those with most relevance.</summary>
    private sealed class SeriesMapPanel
    {
        private readonly SeriesPlot plot;
        private readonly SeriesMap map;
        private readonly Lettering letters;
        private readonly int width;
        private readonly MapScale scale;
        private readonly int[] shown;
        private readonly string? note;

        internal SeriesMapPanel(SeriesPlot plot, SeriesMap map, Lettering letters, int width)
        {
            (this.plot, this.map, this.letters, this.width, scale) = (plot, map, letters, width, map.Layer.Scale);
            shown = Shown(plot.Curves.Count, map.Layer);
            string?[] notes =
            [
                map.Note,
                shown.Length < plot.Curves.Count ? $"the {shown.Length} of {plot.Curves.Count} channels with most relevance" : null,
            ];
            note = string.Join("; ", notes.OfType<string>());
        }

        private bool IsPerChannel => map.Layer.GridHeight > 1 || plot.Curves.Count == 1;

        private int CurveBlock => letters.Height(Theme.Note) + letters.Px(plot.CurveHeight) + letters.Px(8)
            + (IsPerChannel ? letters.Px(StripHeight + 4) : 0);

        private int BarTop => letters.Height(Theme.Caption) + (note!.Length > 0 ? letters.Height(Theme.Note) : 0) + letters.Px(4)
            + (shown.Length * CurveBlock) + (IsPerChannel ? 0 : letters.Px(StripHeight + 4))
            + letters.Px(8) + letters.Height(Theme.Tick) + letters.Height(Theme.Axis) + letters.Px(8);

        internal int Height => BarTop + (scale.Degenerate is not null
            ? letters.Height(Theme.Note)
            : letters.Px(8) + ColorBar.HeightBelow(letters, scale, map.Layer.Words, BarWidth));

        private int BarWidth => Math.Min(width, letters.Px(280));

        internal void Draw(SKCanvas canvas, int margin, int left, int top)
        {
            letters.Draw(canvas, map.Caption, margin, top, Theme.Caption);
            var y = top + letters.Height(Theme.Caption);
            if (note!.Length > 0)
            {
                letters.Draw(canvas, letters.Fit(note, Theme.Note, left + width - margin), margin, y, Theme.Note);
                y += letters.Height(Theme.Note);
            }

            y += letters.Px(4);
            foreach (var channel in shown)
            {
                letters.Draw(canvas, letters.Fit(plot.Curves[channel].Title, Theme.Note, width), left, y, Theme.Note);
                var box = SKRectI.Create(left, y + letters.Height(Theme.Note), width, letters.Px(plot.CurveHeight));
                DrawCurve(canvas, plot.Curves[channel].Values, box);
                if (IsPerChannel)
                {
                    DrawStrip(canvas, map.Layer.GridHeight == 1 ? 0 : channel, box.Bottom + letters.Px(4), left);
                }

                y += CurveBlock;
            }

            if (!IsPerChannel)
            {
                DrawStrip(canvas, 0, y, left);
                letters.Draw(
                    canvas, "all", left - letters.Px(8), y - letters.Px(1), Theme.Tick, SKTextAlign.Right);
                y += letters.Px(StripHeight + 4);
            }

            DrawTimes(canvas, left, y);
            var bar = top + BarTop;
            if (scale.Degenerate is { } reason)
            {
                letters.Draw(canvas, letters.Fit(reason, Theme.Caution, width), left, bar, Theme.Caution);
            }
            else
            {
                ColorBar.DrawHorizontal(
                    canvas, letters, SKRectI.Create(left, bar, BarWidth, letters.Px(8)), scale, map.Layer.Words);
            }
        }

        private static int[] Shown(int curves, RelevanceLayer layer)
        {
            var all = Enumerable.Range(0, curves);
            return curves <= MostCurves ? [.. all]
                : layer.GridHeight == 1 ? [.. all.Take(MostCurves)]
                : [
                    .. all.OrderByDescending(channel => layer.Values.Skip(channel * layer.GridWidth).Take(layer.GridWidth).Sum(Math.Abs))
                        .Take(MostCurves).Order(),
                ];
        }

        private void DrawCurve(SKCanvas canvas, float[] values, SKRectI box)
        {
            using var line = new SKPaint { Color = Theme.Line };
            using var ink = new SKPaint
            {
                Color = Theme.Ink,
                Style = SKPaintStyle.Stroke,
                StrokeWidth = letters.Px(1.25f),
                StrokeJoin = SKStrokeJoin.Round,
                IsAntialias = true,
            };
            var finite = values.Where(float.IsFinite).DefaultIfEmpty(0).ToArray();
            var (low, high) = ((double)finite.Min(), (double)finite.Max());
            (low, high) = high > low ? (low, high) : (low - 1, high + 1);
            var inner = SKRectI.Create(box.Left, box.Top + letters.Px(4), box.Width, box.Height - letters.Px(8));
            foreach (var tick in Ticks.Between(low, high, 4))
            {
                var y = Place(tick);
                canvas.DrawRect(SKRect.Create(box.Left, y, box.Width, 1), line);
                letters.Draw(
                    canvas, Ticks.Format(tick), box.Left - letters.Px(8), y - (letters.Height(Theme.Tick) / 2f), Theme.Tick,
                    SKTextAlign.Right);
            }

            using var path = new SKPath();
            var isOpen = false;
            for (var i = 0; i < values.Length; i++)
            {
                if (!float.IsFinite(values[i]))
                {
                    isOpen = false;
                    continue;
                }

                var (x, y) = (box.Left + (float)((i + 0.5) * box.Width / values.Length), Place(values[i]));
                if (isOpen)
                {
                    path.LineTo(x, y);
                }
                else
                {
                    path.MoveTo(x, y);
                    path.LineTo(x + 0.5f, y);
                }

                isOpen = true;
            }

            canvas.DrawPath(path, ink);

            float Place(double value) => (float)(inner.Bottom - ((value - low) / (high - low) * inner.Height));
        }

        private void DrawStrip(SKCanvas canvas, int row, int top, int left)
        {
            var (steps, height) = (map.Layer.GridWidth, letters.Px(StripHeight));
            for (var i = 0; i < steps; i++)
            {
                var value = map.Layer.Values[(row * steps) + i];
                var (from, to) = (left + (int)((long)i * width / steps), left + (int)((long)(i + 1) * width / steps));
                var (red, green, blue) = scale.Colors.At(float.IsFinite(value) ? scale.Position(value) : 0);
                using var paint = new SKPaint { Color = float.IsFinite(value) ? new(red, green, blue) : Theme.Missing };
                canvas.DrawRect(SKRect.Create(from, top, Math.Max(1, to - from), height), paint);
            }

            using var frame = new SKPaint { Color = Theme.Line, Style = SKPaintStyle.Stroke, StrokeWidth = 1 };
            canvas.DrawRect(left + 0.5f, top + 0.5f, width - 1, height - 1, frame);
        }

        private void DrawTimes(SKCanvas canvas, int left, int top)
        {
            using var line = new SKPaint { Color = Theme.Soft };
            var steps = map.Layer.GridWidth;
            var end = plot.Start + ((steps - 1) * plot.TimeStep);
            foreach (var tick in Ticks.Between(plot.Start, end, 9).DefaultIfEmpty(plot.Start))
            {
                var x = left + (float)((((tick - plot.Start) / plot.TimeStep) + 0.5) * width / steps);
                canvas.DrawRect(SKRect.Create(x, top, letters.Px(1), letters.Px(5)), line);
                letters.Draw(canvas, Ticks.Format(tick), x, top + letters.Px(7), Theme.Tick, SKTextAlign.Center);
            }

            letters.Draw(
                canvas, plot.XTitle, left + (width / 2f), top + letters.Px(8) + letters.Height(Theme.Tick), Theme.Axis, SKTextAlign.Center);
        }
    }
}
