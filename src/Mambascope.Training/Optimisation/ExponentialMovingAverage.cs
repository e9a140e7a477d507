using System.Numerics;

namespace Mambascope.Training;

/// <summary>
/// A running average of the weights, which generalises better than the last weights: average += (1 - d) · (weights - average),
/// with d = min(decay, (1 + n) / (10 + n)) after n earlier updates, so that the random start is forgotten quickly.
/// </summary>
internal sealed class ExponentialMovingAverage
{
    private readonly TrainedParameter[] _parameters;
    private readonly float[][] _averages;

    /// <summary>Starts from a copy of the present weights.</summary>
    public ExponentialMovingAverage(IReadOnlyList<TrainedParameter> parameters, double decay)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (!(decay is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "The decay must be in [0, 1).");
        }

        Decay = decay;
        _parameters = [.. parameters];
        _averages = [.. parameters.Select(p => (float[])p.Values.Clone())];
    }

    /// <summary>Largest decay, reached after the warm-up.</summary>
    public double Decay { get; }

    /// <summary>Updates so far; the warm-up depends on it.</summary>
    public long Updates { get; private set; }

    /// <summary>The averaged weight of parameter <paramref name="index"/>; write to it only to restore a state.</summary>
    public float[] Average(int index) => _averages[index];

    /// <summary>Moves the average towards the present weights.</summary>
    public void Update()
    {
        var share = (float)(1 - Math.Min(Decay, (1.0 + Updates) / (10.0 + Updates)));
        for (var i = 0; i < _averages.Length; i++)
        {
            MoveTowards(_averages[i], _parameters[i].Values, share);
        }

        Updates++;
    }

    /// <summary>Continues from a saved state, after the averages were copied into the arrays above.</summary>
    public void ResumeAt(long updates)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(updates);
        Updates = updates;
    }

    /// <summary>
    /// Exchanges weights and averages in place; calling it again undoes it. For evaluating the averaged model with the code that
    /// holds the weights.
    /// </summary>
    public void Swap()
    {
        for (var i = 0; i < _averages.Length; i++)
        {
            var (weights, average) = (_parameters[i].Values, _averages[i]);
            for (var j = 0; j < average.Length; j++)
            {
                (weights[j], average[j]) = (average[j], weights[j]);
            }
        }
    }

    // As a difference, not as a·d + w·(1-d): in float32 the two factors do not add up to 1, and thousands of steps would drift.
    private static void MoveTowards(Span<float> average, ReadOnlySpan<float> weights, float share)
    {
        var i = 0;
        for (; i <= average.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var a = new Vector<float>(average[i..]);
            (a + ((new Vector<float>(weights[i..]) - a) * share)).CopyTo(average[i..]);
        }

        for (; i < average.Length; i++)
        {
            average[i] += (weights[i] - average[i]) * share;
        }
    }
}
