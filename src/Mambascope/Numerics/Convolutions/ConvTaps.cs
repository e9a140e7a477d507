namespace Mambascope.Numerics;

/// <summary>
/// The factors of a depthwise convolution as its kernels read them, a line of channels a tap (<see cref="ConvKernel.Transpose"/>):
/// made once for a weight.
/// </summary>
internal sealed class ConvTaps
{
    private readonly Lazy<float[]> forward;
    private readonly Lazy<float[]> backward;

    private ConvTaps(Weight w)
    {
        forward = new(() => ConvKernel.Transpose(w.Values<float>(), w.Rows, reverse: false));
        backward = new(() => ConvKernel.Transpose(w.Values<float>(), w.Rows, reverse: true));
    }

    /// <summary>In the order of the taps.</summary>
    public float[] Forward => forward.Value;

    /// <summary>From the last tap to the first, for the way back.</summary>
    public float[] Backward => backward.Value;

    /// <summary>Those of a weight (E, 1, ...).</summary>
    public static ConvTaps Of(Weight w) => w.Derived(static weight => new ConvTaps(weight));
}
