using Mambascope.Numerics;

namespace Mambascope.Attention;

/// <summary>
/// What one channel's matrix is made of, as series over scan time; see <see cref="ChannelMatrixKernel{TWidth, TVector}"/>.
/// Series start on cache lines and are padded with zeros to a multiple of the tile.
/// </summary>
internal unsafe struct ChannelSeries
{
    /// <summary>Steps, L.</summary>
    public int Length;

    /// <summary>States, N.</summary>
    public int StateSize;

    /// <summary>Taps of the convolution, K; 1 for the S6 view, which has no convolution.</summary>
    public int Taps;

    /// <summary>Skip D, added to the diagonal of alpha; 0 for the S6 view.</summary>
    public float Skip;

    /// <summary>A log2(e) per state, N values.</summary>
    public float* A;

    /// <summary>Convolution weights, K values, the last for the current step; a single 1 for the S6 view.</summary>
    public float* Conv;

    /// <summary>Step sizes.</summary>
    public float* Delta;

    /// <summary>sigma(p); ones for the S6 view.</summary>
    public float* Sigma;

    /// <summary>Factor of each row: gate, gradient, or 1.</summary>
    public float* Rows;

    /// <summary>Factor of each column: x, or 1.</summary>
    public float* Columns;

    /// <summary>B, (N, <see cref="Stride"/>): a series a state.</summary>
    public float* B;

    /// <summary>C, (N, <see cref="Stride"/>): a series a state.</summary>
    public float* C;

    /// <summary>Floats from one state's series to the next.</summary>
    public int Stride;
}
