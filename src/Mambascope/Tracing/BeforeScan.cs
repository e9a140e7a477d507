using Mambascope.Numerics;

namespace Mambascope.Tracing;

/// <summary>
/// The map of tokens, channel by channel, between a mixer's x-branch and the input u of a scan: u[e] = M[e] x[e] + c[e], exact with the
/// sigmoid of its SiLU taken as a constant. A causal convolution along the scan's order is one case; a convolution over the image another.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public abstract record BeforeScan<T>
    where T : unmanaged
{
    /// <summary>w (+)= v M of every channel at once: weights of u become weights of x.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="pool">Scratch memory.</param>
    /// <param name="order">The scan's order.</param>
    /// <param name="v">Weights of u (Batch, L, E); overwritten.</param>
    /// <param name="w">Weights of x (Batch, L, E).</param>
    /// <param name="accumulate">Whether to add to w.</param>
    /// <param name="carried">
    /// For a piece of a text: what later pieces reach for in this one, replaced by what this one reaches for in the piece before.
    /// </param>
    public abstract void Transpose(
        Workers workers, BufferPool<T> pool, ScanOrder order, Activation<T> v, Activation<T> w, bool accumulate, T[]? carried = null);

    /// <summary>The same for every row of one channel's matrix (L, L), in place.</summary>
    /// <param name="order">The scan's order.</param>
    /// <param name="item">Item of the batch.</param>
    /// <param name="channel">Channel, from 0.</param>
    /// <param name="matrix">
    /// Row i: weights of u for output token i, none of them later than i in the scan's order; becomes weights of x.
    /// </param>
    public abstract void TransposeRows(ScanOrder order, int item, int channel, Span<T> matrix);

    /// <summary>sums[e] += weights[e] c[e] at a token: the share that does not come from x.</summary>
    public abstract void AddConstant(int item, int token, ReadOnlySpan<double> weights, Span<double> sums);

    /// <summary>Values that one piece of a text hands to the piece before it; see <see cref="Transpose"/>.</summary>
    public abstract int CarriedSize { get; }
}
