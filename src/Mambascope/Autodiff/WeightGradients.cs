using System.Numerics.Tensors;
using Mambascope.Numerics;

namespace Mambascope.Autodiff;

/// <summary>Arrays that collect the gradients of chosen weights; replays add to them.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class WeightGradients<T>
    where T : unmanaged
{
    private readonly Dictionary<Weight, T[]> gradients = [];

    // Kernels add to arrays that begin with the weight's first value: a part has its own, added to the whole's when that is asked for.
    private readonly Dictionary<Weight, T[]> parts = [];

    /// <summary>Creates zeroed arrays for the given weights.</summary>
    public WeightGradients(IEnumerable<Weight> weights)
    {
        foreach (var weight in weights)
        {
            gradients.Add(weight, new T[weight.Count]);
        }
    }

    /// <summary>The gradient of one weight, row-major like the weight.</summary>
    public T[] this[Weight weight]
    {
        get
        {
            Join();
            return gradients[weight];
        }
    }

    /// <summary>The array to add to, or null when this weight's gradient is not wanted.</summary>
    public T[]? Find(Weight weight)
    {
        if (weight.Whole is not { } whole)
        {
            return gradients.GetValueOrDefault(weight);
        }

        if (!gradients.ContainsKey(whole.Weight))
        {
            return null;
        }

        if (!parts.TryGetValue(weight, out var part))
        {
            parts[weight] = part = new T[weight.Count];
        }

        return part;
    }

    /// <summary>Zeroes all arrays.</summary>
    public void Clear()
    {
        foreach (var gradient in gradients.Values.Concat(parts.Values))
        {
            Array.Clear(gradient);
        }
    }

    private void Join()
    {
        foreach (var (part, values) in parts)
        {
            var (whole, start) = part.Whole!.Value;
            if ((object)values is float[] singles)
            {
                var to = ((float[])(object)gradients[whole]).AsSpan(start, singles.Length);
                TensorPrimitives.Add(to, singles, to);
            }
            else
            {
                var to = ((double[])(object)gradients[whole]).AsSpan(start, values.Length);
                TensorPrimitives.Add(to, (double[])(object)values, to);
            }

            Array.Clear(values);
        }
    }
}
