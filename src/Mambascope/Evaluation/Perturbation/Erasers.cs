namespace Mambascope.Evaluation.Perturbation;

/// <summary>The erasers by name.</summary>
public static class Erasers
{
    /// <summary>All of them, the published protocol's first.</summary>
    public static IReadOnlyList<Eraser> All { get; } =
        [new BlackEraser(), new MeanEraser(), new BlurEraser(), new NoiseEraser(), new RoadEraser(), new PatchShuffleEraser()];

    /// <summary>The eraser called <paramref name="name"/>.</summary>
    /// <exception cref="BadInputException">There is no such eraser.</exception>
    public static Eraser Find(string name)
        => All.FirstOrDefault(eraser => eraser.Name == name)
            ?? throw new BadInputException($"eraser '{name}': expected one of {string.Join(", ", All.Select(eraser => eraser.Name))}");
}
