using Mambascope.Numerics;

namespace Mambascope.Autodiff;

/// <summary>Arrays that collect the gradients of chosen weights; replays add to them.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class WeightGradients<T>
    where T : unmanaged
{
    private readonly Dictionary<Weight, T[]> gradients = [];

    /// <summary>Creates zeroed arrays for the given weights.</summary>
    public WeightGradients(IEnumerable<Weight> weights)
    {
        foreach (var weight in weights)
        {
            gradients.Add(weight, new T[weight.Count]);
        }
    }

    /// <summary>The gradient of one weight, row-major like the weight.</summary>
    public T[] this[Weight weight] => gradients[weight];

    /// <summary>The array to add to, or null when this weight's gradient is not wanted.</summary>
    public T[]? Find(Weight weight) => gradients.GetValueOrDefault(weight);

    /// <summary>Zeroes all arrays.</summary>
    public void Clear()
    {
        foreach (var gradient in gradients.Values)
        {
            Array.Clear(gradient);
        }
    }
}
