namespace Mambascope.Evaluation;

/// <summary>
/// Seeds for units (images, maps) that are drawn independently of each other: the result does not depend on who comes first.
/// </summary>
internal static class StableSeed
{
    /// <summary>Mixes a run's seed with a unit's number (finaliser of SplitMix64; Steele, Lea and Flood 2014).</summary>
    public static int Of(int seed, int unit)
    {
        var x = ((ulong)(uint)seed << 32) | (uint)unit;
        x += 0x9E37_79B9_7F4A_7C15;
        x = (x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9;
        x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EB;
        return (int)((x ^ (x >> 31)) & int.MaxValue);
    }
}
