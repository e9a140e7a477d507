namespace Mambascope.Evaluation.Planted;

/// <summary>A task whose texts are drawn from a seed: as many as wanted, and the same ones everywhere.</summary>
public abstract class PlantedTask
{
    /// <summary>Places before the questions, as the tasks are evaluated.</summary>
    public const int StandardPlaces = 48;

    /// <summary>Name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>One line: what a text looks like and what is asked.</summary>
    public abstract string Description { get; }

    /// <summary>Tokens of every text.</summary>
    public abstract int Length { get; }

    /// <summary>Text <paramref name="index"/> of the sequence that belongs to a seed.</summary>
    /// <param name="seed">Texts of different seeds have nothing in common: train with some, test with others.</param>
    /// <param name="index">Which text, from 0.</param>
    public abstract PlantedText Draw(int seed, long index);
}
