namespace Mambascope.Training;

/// <summary>
/// Linear warm-up, then half a cosine down to a floor, then the floor:
/// rate(t) = peak · (t+1)/warmUp for t &lt; warmUp, else floor + (peak - floor) · (1 + cos(π (t - warmUp) / (cycle - warmUp))) / 2.
/// With more than one cycle it starts again (warm restarts: Loshchilov and Hutter 2017, arXiv 1608.03983), so that a run that has ended
/// can be made longer without beginning anew.
/// </summary>
/// <param name="Peak">Rate at the end of the warm-up.</param>
/// <param name="Floor">Rate at the end and after.</param>
/// <param name="WarmUpSteps">Steps of warm-up; 0 for none.</param>
/// <param name="TotalSteps">Step at which the floor is reached for the last time.</param>
/// <param name="Cycles">Equal cycles that the steps are divided into, 1 or more; each longer than the warm-up.</param>
internal sealed record LearningRateSchedule(double Peak, double Floor, long WarmUpSteps, long TotalSteps, int Cycles = 1)
{
    /// <summary>The rate of step <paramref name="step"/>, counted from 0.</summary>
    public double At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        if (step >= TotalSteps)
        {
            return Floor;
        }

        var cycle = TotalSteps / Cycles;
        step %= cycle;
        if (step < WarmUpSteps)
        {
            return Peak * (step + 1) / WarmUpSteps;
        }

        var progress = (step - WarmUpSteps) / (double)(cycle - WarmUpSteps);
        return Floor + ((Peak - Floor) * 0.5 * (1 + Math.Cos(Math.PI * progress)));
    }
}
