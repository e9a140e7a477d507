using Mambascope.Models;

namespace Mambascope.Training;

/// <summary>
/// Calibration by one number (Guo et al. 2017): scores divided by the temperature with which the true classes of the validation cases are
/// most probable. Few cases say little of it, and none where all are answered rightly: before any case is seen its logarithm is expected
/// to be about 0, give or take a half. Answers stay the same. The number is divided into the weights of the head, so that whoever opens
/// the model has it.
/// </summary>
internal static class Temperature
{
    private const double Least = 0.2;
    private const double Most = 10;
    private const int Halvings = 60;
    private const double Expected = 0.5; // deviation of the logarithm
    private static readonly double golden = (Math.Sqrt(5) - 1) / 2;

    /// <summary>The temperature, 0.2 to 10, by golden section over its logarithm: the loss has one valley.</summary>
    public static double Of(CaseScores scores)
    {
        var (low, high) = (Math.Log(Least), Math.Log(Most));
        for (var i = 0; i < Halvings; i++)
        {
            var (left, right) = (high - (golden * (high - low)), low + (golden * (high - low)));
            (low, high) = Loss(left) <= Loss(right) ? (low, right) : (left, high);
        }

        return Math.Round(Math.Exp((low + high) / 2), 4);

        double Loss(double logarithm)
            => (scores.Labels.Length * scores.Loss(temperature: Math.Exp(logarithm)))
                + (logarithm * logarithm / (2 * Expected * Expected));
    }

    /// <summary>Divides the head, the last matrix of a classifier and the bias behind it, by a temperature.</summary>
    /// <exception cref="InvalidOperationException">The last weights are no head.</exception>
    public static void DivideHead(IModel model, int classes, double temperature)
    {
        var last = model.AllWeights.TakeLast(2).ToArray();
        if (last is not [{ Shape: [var outputs, _] } matrix, { Shape: [var biases] } bias] || outputs != classes || biases != classes)
        {
            throw new InvalidOperationException($"a {model.Facts.Kind} ends in other weights than those of a head");
        }

        foreach (var weight in new[] { matrix, bias })
        {
            var values = weight.Values<float>();
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = (float)(values[i] / temperature);
            }

            weight.Changed();
        }
    }
}
