using System.Numerics;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models.Mixers;

/// <summary>How queries and keys turn with their positions.</summary>
/// <param name="Channels">Channels of a head that turn, the first ones.</param>
/// <param name="Base">Base of the angles, θ.</param>
internal sealed record RotaryShape(int Channels, double Base);

/// <summary>What depends on the tokens' places alone: made once a run, when a mixer first asks for it, and shared by all layers.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="length">Tokens of the run, L.</param>
/// <param name="first">Position of the first one in the whole text.</param>
/// <param name="grid">Where the tokens lie in a picture, if they do.</param>
internal sealed class RunPositions<T>(int length, int first, TokenGrid? grid = null)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<(int Heads, RotaryShape Shape), RotaryAngles<T>> angles = [];
    private ScanOrder? forward;
    private ScanOrder? reverse;
    private ScanOrder? columns;
    private ScanOrder? columnsReversed;

    /// <summary>Where the tokens lie in a picture.</summary>
    /// <exception cref="InvalidOperationException">They lie in none.</exception>
    public TokenGrid Grid => grid ?? throw new InvalidOperationException("These tokens lie on no grid");

    /// <summary>From the first token to the last, or from the last to the first.</summary>
    public ScanOrder Order(bool isReversed) => isReversed ? reverse ??= ScanOrder.Reverse(length) : forward ??= ScanOrder.Forward(length);

    /// <summary>Column by column, from the first token or from the last.</summary>
    public ScanOrder ColumnOrder(bool isReversed)
        => isReversed
            ? columnsReversed ??= ScanOrder.Columns(Grid.Rows, Grid.Columns, isReversed: true)
            : columns ??= ScanOrder.Columns(Grid.Rows, Grid.Columns);

    /// <summary>Angles for so many heads.</summary>
    public RotaryAngles<T> Angles(int heads, RotaryShape shape)
    {
        if (!angles.TryGetValue((heads, shape), out var found))
        {
            angles[(heads, shape)] = found = new(heads, shape.Channels, shape.Base, first, length);
        }

        return found;
    }
}
