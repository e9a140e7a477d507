namespace Mambascope.Training;

/// <summary>
/// Everything a training run needs to go on after a restart. Arrays are kept by name: <c>weights/NAME</c>, <c>first/NAME</c> and
/// <c>second/NAME</c> (Adam's moments), <c>average/NAME</c>; a caller may add its own, for example <c>best/NAME</c>.
/// </summary>
internal sealed class TrainingState
{
    /// <summary>All settings of the run as text; a state is only for a run with equal settings.</summary>
    public required string Settings { get; init; }

    /// <summary>Training steps done; the next step to take.</summary>
    public required long Step { get; init; }

    /// <summary>Steps the optimiser has counted, for its bias correction.</summary>
    public required long OptimizerSteps { get; init; }

    /// <summary>Updates the moving average has counted, for its warm-up.</summary>
    public required long AverageUpdates { get; init; }

    /// <summary>Best validation score so far, 0..1: accuracy, or the mean probability of the next byte.</summary>
    public required double BestScore { get; init; }

    /// <summary>Time spent training so far, over all restarts.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Arrays by name.</summary>
    public required IReadOnlyDictionary<string, float[]> Arrays { get; init; }

    /// <summary>
    /// The arrays of a run, by name. They are the live arrays, not copies: write the state to its file before the next step.
    /// </summary>
    public static Dictionary<string, float[]> ArraysOf(
        IReadOnlyList<TrainedParameter> parameters, AdamW optimizer, ExponentialMovingAverage average)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(average);
        var arrays = new Dictionary<string, float[]>(StringComparer.Ordinal);
        for (var i = 0; i < parameters.Count; i++)
        {
            arrays.Add("weights/" + parameters[i].Name, parameters[i].Values);
            arrays.Add("first/" + parameters[i].Name, optimizer.FirstMoment(i));
            arrays.Add("second/" + parameters[i].Name, optimizer.SecondMoment(i));
            arrays.Add("average/" + parameters[i].Name, average.Average(i));
        }

        return arrays;
    }

    /// <summary>Copies this state into a run's live arrays and counters.</summary>
    /// <exception cref="BadInputException">An array is missing or has another length; nothing was changed.</exception>
    public void RestoreTo(IReadOnlyList<TrainedParameter> parameters, AdamW optimizer, ExponentialMovingAverage average)
    {
        var targets = ArraysOf(parameters, optimizer, average);
        foreach (var (name, target) in targets)
        {
            if (!Arrays.TryGetValue(name, out var saved) || saved.Length != target.Length)
            {
                throw new BadInputException(
                    $"training state, array {name}: expected {target.Length} values, found "
                        + $"{(saved is null ? "no such array" : saved.Length)}; it belongs to another model");
            }
        }

        foreach (var (name, target) in targets)
        {
            Arrays[name].CopyTo(target, 0);
        }

        optimizer.ResumeAt(OptimizerSteps);
        average.ResumeAt(AverageUpdates);
    }
}
