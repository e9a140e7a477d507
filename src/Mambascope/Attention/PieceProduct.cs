using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>
/// What a product v M hands from a piece of a text to the piece before: the adjoint scan's state, and what the convolution's taps reach for
/// in the earlier piece. Zero behind the end of the text.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Scan">State of the adjoint scan; layout as in <see cref="Numerics.HiddenAttentionScan.Adjoint"/>.</param>
/// <param name="Before">
/// What the map in front of the scan reaches for in the earlier piece: of a convolution, shares of the last K - 1 inputs there, (K - 1, E).
/// </param>
internal sealed record PieceProduct<T>(T[] Scan, T[] Before)
    where T : unmanaged
{
    /// <summary>Zeros for a layer of one direction.</summary>
    public static PieceProduct<T> For(ScanMixerTrace<T> layer, AttentionView view)
    {
        var scan = layer.Scans.Single();
        // Before the gate, all channels of a head weigh the same and share a line of states.
        var lines = scan.Heads is { } heads && view == AttentionView.S6 ? heads : layer.X.Data.Width;
        return new(new T[lines * scan.StateSize], new T[scan.Before?.CarriedSize ?? 0]);
    }
}
