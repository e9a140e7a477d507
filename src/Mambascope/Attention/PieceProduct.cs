using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>
/// What a product v M hands from a piece of a text to the piece before: the adjoint scan's state, and what the convolution's taps reach for
/// in the earlier piece. Zero behind the end of the text.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Scan">State of the adjoint scan; layout as in <see cref="Numerics.HiddenAttentionScan.Adjoint"/>.</param>
/// <param name="Conv">Shares of the last K - 1 inputs of the earlier piece, (K - 1, E).</param>
internal sealed record PieceProduct<T>(T[] Scan, T[] Conv)
    where T : unmanaged
{
    /// <summary>Zeros for a layer of one direction.</summary>
    public static PieceProduct<T> For(MambaLayerTrace<T> layer, AttentionView view)
    {
        var direction = layer.Directions.Single();
        // Before the gate, all channels of a head weigh the same and share a line of states.
        var lines = direction.Heads is { } heads && view == AttentionView.S6 ? heads : layer.X.Data.Width;
        return new(new T[lines * direction.StateSize], new T[(direction.Conv.Columns - 1) * layer.X.Data.Width]);
    }
}
