namespace Mambascope.Evaluation;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood 2014), keyed by (seed, stream, index): every scene, series or resampling has its own sequence, so they
/// can be drawn in any order and on any thread. Our own, because System.Random may change between .NET versions and
/// published results must not.
/// </summary>
internal struct SplitMix64
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong state;

    public SplitMix64(ulong seed, ulong stream, long index) =>
        state = Mix(Mix(Mix(seed + Golden) ^ (stream * 0xD1342543DE82EF95)) + (ulong)index);

    public ulong Next() => Mix(state += Golden);

    /// <summary>Uniform in [0, 1), 24 bits, so that every value is exact in float32.</summary>
    public float Unit() => (Next() >> 40) * (1f / (1 << 24));

    /// <summary>Uniform in [low, high).</summary>
    public float Between(float low, float high) => low + ((high - low) * Unit());

    /// <summary>Uniform in 0 .. bound-1; the bias of the multiplication is below bound / 2^32.</summary>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
