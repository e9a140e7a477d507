using Mambascope.Attribution;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Inputs.Images;

namespace Mambascope.Imaging;

/// <summary>A relevance map to lay over a panel's picture.</summary>
/// <param name="Values">(GridHeight, GridWidth), any range.</param>
/// <param name="GridHeight">Rows of patches.</param>
/// <param name="GridWidth">Patches in a row.</param>
public sealed record RelevanceLayer(float[] Values, int GridHeight, int GridWidth)
{
    /// <summary>Colours and mixing.</summary>
    public HeatMapOptions Options { get; init; } = new();

    /// <summary>What the ends of the colours mean; null says nothing about them.</summary>
    public ScaleWords? Words { get; init; }

    /// <summary>Which value has which colour.</summary>
    public MapScale Scale => Options.ScaleOf(Values);
}

/// <summary>One picture of a <see cref="Sheet"/>.</summary>
/// <param name="Caption">Its name, for instance the method.</param>
/// <param name="Picture">
/// The picture as the model saw it, or the whole original (<see cref="Transform"/>); it is enlarged to the panel's size, smoothly
/// or, if it is small, in whole pixels.
/// </param>
public sealed record SheetPanel(string Caption, RgbImage Picture)
{
    /// <summary>A picture with an explanation over it; where the map says nothing, the note says why.</summary>
    public SheetPanel(string caption, RgbImage picture, RelevanceMap<float> map) : this(caption, picture)
    {
        ArgumentNullException.ThrowIfNull(map);
        Note = map.Degenerate;
        Map = new(map.Values, map.Rows, map.Columns);
    }

    /// <summary>A line or two beneath the caption.</summary>
    public string? Note { get; init; }

    /// <summary>A mask whose outline is drawn over picture and map, such as the true object; null draws none.</summary>
    public ObjectMask? Outline { get; init; }

    /// <summary>
    /// How the model's input lies in the picture, where the picture is the whole original: the map is laid over what the model saw, the
    /// rest is faded. Null where the picture is the input itself.
    /// </summary>
    public ImageTransform? Transform { get; init; }

    /// <summary>A map over the picture; null shows the picture alone.</summary>
    public RelevanceLayer? Map { get; init; }

    /// <summary>Picture, map and outline without words.</summary>
    /// <param name="side">The longer side in pixels; small pictures enlarged in whole pixels may fall a little short.</param>
    public RgbImage Draw(int side)
    {
        var picture = Enlargement.ToSide(Picture, side);
        var drawn = (Map, Transform) switch
        {
            ({ } map, { } whole) => HeatMap.OverlayWhole(picture, whole, map.Values, map.GridHeight, map.GridWidth, map.Options),
            ({ } map, null) => HeatMap.Overlay(picture, map.Values, map.GridHeight, map.GridWidth, map.Options),
            (null, { } whole) => Unseen.Fade(picture, picture, whole),
            _ => picture,
        };
        return Outline is { } mask ? MaskOutline.Draw(drawn, mask) : drawn;
    }
}

/// <summary>Where a sheet shows its colour scale.</summary>
public enum SheetBars
{
    /// <summary>Under each map, with its numbers, what its ends mean and what was clipped.</summary>
    PerPanel,

    /// <summary>Once, at the right, with what the ends mean; each map has its own reach.</summary>
    Shared,

    /// <summary>Not at all.</summary>
    None,
}
