using System.Globalization;

namespace Mambascope.Models;

/// <summary>
/// A number that a model predicts in place of a class: its one output z stands for mean + deviation · z, so that outputs are about as
/// large as a network likes them.
/// </summary>
/// <param name="Name">What it is called.</param>
/// <param name="Mean">Its mean in the training cases, in its unit.</param>
/// <param name="Deviation">Its standard deviation there, above 0.</param>
public sealed record PredictedNumber(string Name, double Mean, double Deviation)
{
    /// <summary>Its unit; null where it has none.</summary>
    public string? Unit { get; init; }

    /// <summary>The number that an output stands for.</summary>
    public double Of(double output) => Mean + (Deviation * output);

    /// <summary>The output that stands for a number.</summary>
    public double Output(double number) => (number - Mean) / Deviation;

    /// <summary>A number with its unit, for people: "132.4 mmHg".</summary>
    public string Words(double number) => Words(number, Unit);

    internal static string Words(double number, string? unit)
        => string.Create(CultureInfo.InvariantCulture, $"{number:G5}{(unit is null ? "" : " " + unit)}");
}
