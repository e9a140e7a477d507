using Mambascope.Checkpoints;

namespace Mambascope.Evaluation.Planted;

/// <summary>The tasks with planted truth, by name.</summary>
public static class PlantedTasks
{
    /// <summary>Every one of them.</summary>
    public static IReadOnlyList<PlantedTask> All { get; } = [new SelectiveCopying(), new InductionHeads()];

    /// <summary>The task of that name.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public static PlantedTask Find(string name)
        => All.FirstOrDefault(task => task.Name == name)
        ?? throw new BadInputException(
            $"there is no planted task called {Printable.Name(name)}; known are {string.Join(", ", All.Select(task => task.Name))}");
}
