using Mambascope.Numerics;

namespace Mambascope.Autodiff;

/// <summary>
/// A stretch of a recorded run, one layer of a model, whose values give their memory back when it is done and are computed again when one
/// of them is asked for: a run then takes the memory of one layer and of the streams between layers, and its way back the time of one more
/// way forward. What is computed again has the same bits, because it is the same computation on the same input.
/// </summary>
/// <remarks>
/// One stretch of a tape at a time has memory, so that such a run is explained by one thread, and an <see cref="Activation{T}"/> taken from
/// a layer is not used any more once another layer was asked for something.
/// </remarks>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="tape">The tape.</param>
/// <param name="compute">The computation: reads values from before the stretch, and asks the tape for those that it fills.</param>
internal sealed class Stretch<T>(Tape<T> tape, Action compute)
    where T : unmanaged
{
    private readonly List<Value<T>> values = [];
    private bool hasMemory = true;
    private int next;

    /// <summary>A value of the computation that runs: a new one the first time, the same one with new memory when it runs again.</summary>
    /// <param name="index">Index of a new value.</param>
    /// <param name="batch">Items.</param>
    /// <param name="length">Rows of an item.</param>
    /// <param name="width">Columns.</param>
    /// <param name="isNew">Whether it is a new one.</param>
    public Value<T> Next(int index, int batch, int length, int width, out bool isNew)
    {
        isNew = next == values.Count;
        if (isNew)
        {
            values.Add(new(index, tape.Pool.Rent(batch, length, width), this));
        }
        else if (values[next].IsIn(this))
        {
            values[next].Memory = tape.Pool.Rent(batch, length, width);
        }

        return values[next++];
    }

    /// <summary>Makes sure that the values hold their numbers.</summary>
    public void Hold()
    {
        if (hasMemory)
        {
            return;
        }

        (hasMemory, next) = (true, 0);
        try
        {
            tape.Again(this, compute);
        }
        catch
        {
            Release(next);
            throw;
        }
    }

    /// <summary>Gives the memory of all values back but of those that are kept.</summary>
    public void Release() => Release(values.Count);

    private void Release(int count)
    {
        if (!hasMemory)
        {
            return;
        }

        hasMemory = false;
        foreach (var value in values.Take(count).Where(value => value.IsIn(this)))
        {
            tape.Pool.Return(value.Memory);
        }
    }
}
