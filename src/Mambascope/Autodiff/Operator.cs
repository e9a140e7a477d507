using Mambascope.Numerics;

namespace Mambascope.Autodiff;

/// <summary>
/// One recorded application of an equation. Immutable: it keeps its operands and output, so that it can be replayed any number of
/// times with the gradient or with any relevance rule.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public abstract class Operator<T>
    where T : unmanaged
{
    /// <summary>The values the operator read.</summary>
    public abstract IReadOnlyList<Value<T>> Inputs { get; }

    /// <summary>The value it wrote.</summary>
    public abstract Value<T> Output { get; }

    /// <summary>The weights it read.</summary>
    public virtual IReadOnlyList<Weight> Weights => [];

    /// <summary>
    /// Passes <paramref name="dOutput"/>, the adjoint of the output, on to those inputs and weights that the replay wants.
    /// </summary>
    public abstract void Backward(Replay<T> replay, Activation<T> dOutput);
}
