namespace Mambascope.Models;

/// <summary>
/// Floating-point operations of the mixing of tokens in one layer, from sizes alone: a multiply-add is two operations, an exponential one.
/// Linear layers are counted elsewhere (<see cref="ModelWork"/>); convolutions, norms and activations nowhere: they are 1 % of the work.
/// What an implementation saves or repeats does not change the count.
/// </summary>
public abstract record MixerWork
{
    /// <summary>Mixing L tokens.</summary>
    public abstract double Forward(int tokens);

    /// <summary>Gradients of all that is mixed and of what it is mixed by.</summary>
    public abstract double Backward(int tokens);

    /// <summary>One token's row of the matrix of every channel or head.</summary>
    public abstract double Row(int tokens);

    /// <summary>A vector times the mean of all matrices: a step of a rollout.</summary>
    public abstract double Product(int tokens);

    /// <summary>Every entry of the matrix of every channel or head.</summary>
    public abstract double Matrices(int tokens);
}
