using System.Numerics;

namespace Mambascope.Models;

/// <summary>One answer of a model, a class or a token that may come next, and how likely the model holds it to be.</summary>
/// <param name="Index">Class index, or token id.</param>
/// <param name="Label">What the class is called, or "class 7"; what the token stands for, to be shown.</param>
/// <param name="Probability">Softmax of the scores, 0 to 1.</param>
/// <param name="Score">The score (logit).</param>
public sealed record Prediction(int Index, string Label, double Probability, double Score)
{
    /// <summary>For people: "trouser 97.3 %".</summary>
    public override string ToString() => $"{Label} {Probability * 100:0.0} %";

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

        // exp(s - max), so that nothing overflows.
        var top = values.Max();
        var sum = values.Sum(value => Math.Exp(value - top));
        return [.. values.Select((value, i) => new Prediction(i, model.Label(i), Math.Exp(value - top) / sum, value))];
    }
}
