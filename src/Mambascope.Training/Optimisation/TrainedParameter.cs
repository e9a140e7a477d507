namespace Mambascope.Training;

/// <summary>One weight array that training changes, with the array its gradient is accumulated in.</summary>
internal sealed class TrainedParameter
{
    /// <summary>Ties a weight to its gradient; both arrays stay the caller's and are used in place.</summary>
    /// <param name="name">The weight's name in the checkpoint.</param>
    /// <param name="values">The weight; changed by every optimiser step.</param>
    /// <param name="gradient">Same length; read by every optimiser step, never changed by it.</param>
    /// <param name="decays">Whether weight decay applies: matrices yes; A_log, D, norms, biases and embeddings of position no.</param>
    public TrainedParameter(string name, float[] values, float[] gradient, bool decays)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(gradient);
        if (values.Length != gradient.Length)
        {
            throw new ArgumentException($"{name}: {values.Length} values but {gradient.Length} gradient entries", nameof(gradient));
        }

        (Name, Values, Gradient, Decays) = (name, values, gradient, decays);
    }

    /// <summary>The weight's name in the checkpoint.</summary>
    public string Name { get; }

    /// <summary>The weight itself.</summary>
    public float[] Values { get; }

    /// <summary>Gradient of the loss with respect to <see cref="Values"/>.</summary>
    public float[] Gradient { get; }

    /// <summary>Whether weight decay applies.</summary>
    public bool Decays { get; }
}
