using System.Globalization;

namespace Mambascope.Training;

/// <summary>How far a training is.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="Steps">Steps planned.</param>
/// <param name="Loss">Mean loss of the latest steps.</param>
/// <param name="Accuracy">
/// Accuracy, of a predicted number R², of the averaged weights on the validation cases, at the last validation; null before the first.
/// </param>
/// <param name="BestAccuracy">The same of the weights that are the best so far.</param>
/// <param name="Rate">Cases a second.</param>
/// <param name="Left">Time to the last step.</param>
public sealed record TrainingProgress(
    long Step, long Steps, double Loss, double? Accuracy, double? BestAccuracy, double Rate, TimeSpan Left)
{
    internal const string NameOfR2 = "R²";

    /// <summary>What <see cref="Accuracy"/> is: "accuracy" or "R²".</summary>
    public string Figure { get; init; } = "accuracy";

    /// <summary>In one line.</summary>
    public override string ToString()
    {
        var accuracy = Accuracy is null ? "not validated yet"
            : string.Create(
                CultureInfo.InvariantCulture, $"validation {Figure} {Shown(Accuracy)} (best weights {Shown(BestAccuracy)})");
        var speed = Rate > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Rate:0} cases/s, {Left:h\\:mm\\:ss} left") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"step {Step} of {Steps}, loss {Loss:0.000}, {accuracy}{(speed.Length > 0 ? ", " : "")}{speed}");

        string Shown(double? value) => Figure == NameOfR2
            ? string.Create(CultureInfo.InvariantCulture, $"{value:0.000}")
            : string.Create(CultureInfo.InvariantCulture, $"{100 * value:0.0} %");
    }
}
