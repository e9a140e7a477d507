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

    /// <summary>
    /// The class that a label means: the one that is called so; where none of the data's labels is a name of the model's, as with
    /// numbers for classes that were given names later, the one at its place.
    /// </summary>
    /// <param name="label">The label.</param>
    /// <param name="all">All labels of the data, in order.</param>
    /// <param name="where">Where it stands, for the message.</param>
    /// <exception cref="BadInputException">There is no such class.</exception>
    internal int ClassOf(string label, IReadOnlyList<string> all, string where)
    {
        string[] names = [.. Enumerable.Range(0, Labels.Count).Select(i => Labels[i])];
        var named = Array.IndexOf(names, label);
        return named >= 0 ? named
            : all.Count == names.Length && !all.Any(names.Contains) ? all.ToList().IndexOf(label)
            : throw new BadInputException(
                $"{where} has the label {Printable.Name(label)}, and {Name} has the classes {string.Join(", ", names.Take(12))}");
    }
}
