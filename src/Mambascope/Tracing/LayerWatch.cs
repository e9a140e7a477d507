using Mambascope.Autodiff;

namespace Mambascope.Tracing;

/// <summary>Sees a layer of a run while all its values are in memory.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="number">Which layer it is, from 0 at the input.</param>
/// <param name="layer">What it computed.</param>
/// <param name="tape">The run.</param>
internal delegate void LayerWatch<T>(int number, LayerTrace<T> layer, Tape<T> tape)
    where T : unmanaged;
