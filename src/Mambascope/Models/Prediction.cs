using System.Globalization;
using System.Numerics;

namespace Mambascope.Models;

/// <summary>
/// One answer of a model: a class or a token that may come next, and how likely the model holds it to be; or a number.
/// </summary>
/// <param name="Index">Class index, or token id; 0 of a number.</param>
/// <param name="Label">
/// What the class is called, or "class 7"; what the token stands for, to be shown; what the number is called.
/// </param>
/// <param name="Probability">Softmax of the scores, 0 to 1; 1 of a number.</param>
/// <param name="Score">The score (logit).</param>
public sealed record Prediction(int Index, string Label, double Probability, double Score)
{
    /// <summary>The number, in its unit; null of a class or token.</summary>
    public double? Value { get; init; }

    /// <summary>Unit of the number; null where it has none.</summary>
    public string? Unit { get; init; }

    /// <summary>How likely, or how much, for people: "97.3 %", "132.4 mmHg".</summary>
    public string Amount => Value is { } value
        ? PredictedNumber.Words(value, Unit)
        : string.Create(CultureInfo.InvariantCulture, $"{Probability * 100:0.0} %");

    /// <summary>For people: "trouser 97.3 %", "pressure 132.4 mmHg".</summary>
    public override string ToString() => $"{Label} {Amount}";

    /// <summary>All answers of a model, by index.</summary>
    /// <exception cref="BadInputException">The scores are not finite.</exception>
    internal static Prediction[] Of<T>(LoadedModel model, ReadOnlySpan<T> scores)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = new double[scores.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = T.IsFinite(scores[i])
                ? double.CreateTruncating(scores[i])
                : throw new BadInputException(
                    $"the scores of {model.Name} for this input are not finite numbers: its weights do not fit "
                        + $"{typeof(T).Name.ToLowerInvariant()} arithmetic or are damaged");
        }

        if (model.Number is { } number)
        {
            return [new(0, number.Name, 1, values[0]) { Value = number.Of(values[0]), Unit = number.Unit }];
        }

        // exp(s - max), so that nothing overflows.
        var top = values.Max();
        var sum = values.Sum(value => Math.Exp(value - top));
        return [.. values.Select((value, i) => new Prediction(i, model.Label(i), Math.Exp(value - top) / sum, value))];
    }
}
