using Mambascope.Evaluation.Results;
using Mambascope.Models;

namespace Mambascope.Evaluation.Cases;

/// <summary>A model of series or tables whose explanations are measured.</summary>
/// <param name="Fingerprint">Name in tables and hash of the weights.</param>
/// <param name="Network">The model.</param>
/// <param name="Labels">What its classes are called.</param>
public sealed record MeasurementModel(ModelFingerprint Fingerprint, ISeriesModel Network, ClassLabels Labels) : MeasuredModel(Fingerprint)
{
    /// <summary>An opened model, which has to stay open.</summary>
    public static MeasurementModel Of(SeriesModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        string[] labels = [.. Enumerable.Range(0, model.Labels.Count).Select(i => model.Labels[i])];
        return new(ModelFingerprint.Of(model.Name, model.Model, labels), model.Model, model.Labels);
    }
}
