namespace Mambascope.Numerics;

/// <summary>
/// What stands around a scan in its mixer, for a product with the whole of it in one go: y + D u behind it, and in front of it
/// u = silu(p), p the convolution of x by four taps, the sigmoid of the SiLU taken as a constant.
/// </summary>
/// <param name="D">The skip (E).</param>
/// <param name="Taps">Taps of the convolution's adjoint as <see cref="ConvKernel.Transpose"/> lays them out, the last one first.</param>
/// <param name="P">Output of the convolution (Batch, L, E).</param>
/// <param name="FirstStep">
/// First step in scan time at which a weight of the outputs may not be zero; the weights before its tile of steps are not read.
/// </param>
/// <param name="Accumulate">Whether to add to the result.</param>
/// <param name="IsSummed">
/// Whether of the result only the sums over <see cref="ChannelsAtOnce"/> channels are kept, (Batch, groups, L): for a mean over channels,
/// without writing and reading what it is of.
/// </param>
internal readonly record struct ScanSurroundings(
    float[] D, float[] Taps, Activation<float> P, int FirstStep, bool Accumulate, bool IsSummed)
{
    /// <summary>Channels of a group.</summary>
    public const int ChannelsAtOnce = 64;

    /// <summary>Taps of a convolution that a kernel takes along.</summary>
    public const int TapCount = 4;

    /// <summary>Steps of a tile.</summary>
    public const int StepsAtOnce = 64;

    /// <summary>Channels come in whole registers of any width.</summary>
    public const int ChannelMultiple = 16;

    /// <summary>Groups of channels, each of which is one piece of work.</summary>
    public static int Groups(int channels) => (channels + ChannelsAtOnce - 1) / ChannelsAtOnce;
}
