namespace Mambascope.Training;

/// <summary>
/// Linear warm-up, then half a cosine down to a floor, then the floor:
/// rate(t) = peak · (t+1)/warmUp for t &lt; warmUp, else floor + (peak - floor) · (1 + cos(π (t - warmUp) / (total - warmUp))) / 2.
/// </summary>
/// <param name="Peak">Rate at the end of the warm-up.</param>
/// <param name="Floor">Rate at the end and after.</param>
/// <param name="WarmUpSteps">Steps of warm-up; 0 for none.</param>
/// <param name="TotalSteps">Step at which the floor is reached; more than the warm-up.</param>
public sealed record LearningRateSchedule(double Peak, double Floor, long WarmUpSteps, long TotalSteps)
{
    /// <summary>The rate of step <paramref name="step"/>, counted from 0.</summary>
    public double At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        if (step < WarmUpSteps)
            return Peak * (step + 1) / WarmUpSteps;
        if (step >= TotalSteps)
            return Floor;
        var progress = (step - WarmUpSteps) / (double)(TotalSteps - WarmUpSteps);
        return Floor + ((Peak - Floor) * 0.5 * (1 + Math.Cos(Math.PI * progress)));
    }
}
