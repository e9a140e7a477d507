namespace Mambascope.Autodiff;

/// <summary>
/// A quantity that an operator takes over from the piece of a text before and hands on to the next: the state of a scan, the last inputs of
/// a convolution. Forward it is replaced by its value after the piece; on the way back its adjoint, where one is kept, is replaced by the
/// adjoint before the piece. So a long text can be run, and gone back through, piece by piece.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Values">The quantity; read and replaced.</param>
/// <param name="Adjoint">Its adjoint; null where nothing goes back beyond the piece.</param>
internal sealed record Carried<T>(T[] Values, T[]? Adjoint = null)
    where T : unmanaged;
