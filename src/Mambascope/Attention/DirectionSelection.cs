using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>Picks scan directions of a layer.</summary>
public static class DirectionSelection
{
    /// <summary>The traces of the chosen directions.</summary>
    public static IEnumerable<DirectionTrace<T>> Select<T>(this MambaLayerTrace<T> layer, ScanDirections directions)
        where T : unmanaged
        => directions switch
        {
            ScanDirections.Both => layer.Directions,
            ScanDirections.Forward => [layer.Directions[0]],
            _ when layer.Directions.Count > 1 => [layer.Directions[1]],
            _ => throw new BadInputException("This model scans forward only; it has no backward direction."),
        };
}
