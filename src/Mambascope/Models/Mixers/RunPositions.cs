using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Models.Mixers;

/// <summary>How queries and keys turn with their positions.</summary>
/// <param name="Channels">Channels of a head that turn, the first ones.</param>
/// <param name="Base">Base of the angles, θ.</param>
internal sealed record RotaryShape(int Channels, double Base);

/// <summary>What depends on the tokens' places alone: made once a run, when a mixer first asks for it, and shared by all layers.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="length">Tokens of the run, L.</param>
/// <param name="first">Position of the first one in the whole text.</param>
internal sealed class RunPositions<T>(int length, int first)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<(int Heads, RotaryShape Shape), RotaryAngles<T>> angles = [];
    private ScanOrder? forward;
    private ScanOrder? reverse;

    /// <summary>From the first token to the last, or from the last to the first.</summary>
    public ScanOrder Order(bool isReversed) => isReversed ? reverse ??= ScanOrder.Reverse(length) : forward ??= ScanOrder.Forward(length);

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
