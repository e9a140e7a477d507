using System.Globalization;

namespace Mambascope.Training;

/// <summary>How far a training is.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="Steps">Steps planned.</param>
/// <param name="Loss">Mean loss of the latest steps.</param>
/// <param name="Accuracy">Accuracy of the averaged weights on the validation cases, at the last validation; null before the first.</param>
/// <param name="BestAccuracy">The same of the weights that are the best so far.</param>
/// <param name="Rate">Cases a second.</param>
/// <param name="Left">Time to the last step.</param>
public sealed record TrainingProgress(
    long Step, long Steps, double Loss, double? Accuracy, double? BestAccuracy, double Rate, TimeSpan Left)
{
    /// <summary>In one line.</summary>
    public override string ToString()
    {
        var accuracy = Accuracy is null ? "not validated yet"
            : string.Create(
                CultureInfo.InvariantCulture, $"validation accuracy {100 * Accuracy:0.0} % (best weights {100 * BestAccuracy:0.0} %)");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"step {Step} of {Steps}, loss {Loss:0.000}, {accuracy}, {Rate:0} cases/s, {Left:h\\:mm\\:ss} left");
    }
}
