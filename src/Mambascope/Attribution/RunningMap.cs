using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// A map of a text that is made while the model runs, layer by layer from the input to the output, by a method that needs no way back:
/// the layers need not be kept, nor computed again. The same bits as from a run that is there.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal abstract class RunningMap<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Sees the next layer.</summary>
    /// <param name="number">Which it is, from 0.</param>
    /// <param name="layer">What it computed.</param>
    /// <param name="tape">The run.</param>
    public abstract void See(int number, LayerTrace<T> layer, Tape<T> tape);

    /// <summary>The map when all layers were seen, (1, L, 1).</summary>
    public abstract Activation<T> Finish();
}
