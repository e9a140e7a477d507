using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>A token and how likely the model holds it to come next.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">What it stands for, to be shown.</param>
/// <param name="Probability">Softmax of the scores, 0 to 1.</param>
/// <param name="Score">The score (logit).</param>
public sealed record TokenScore(int Id, string Text, double Probability, double Score)
{
    /// <summary>For people: "e 97.3 %".</summary>
    public override string ToString() => $"{Text} {Probability * 100:0.0} %";

    internal static TokenScore Of(TextModel model, int id, (double Probability, double Score) found) => new(id, model.Show(id), found.Probability, found.Score);

    internal static (double Probability, double Score)[] Softmax<T>(TextModel model, ReadOnlySpan<T> scores)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var all = new (double Probability, double Score)[scores.Length];
        for (var id = 0; id < all.Length; id++)
        {
            all[id].Score = T.IsFinite(scores[id])
                ? double.CreateTruncating(scores[id])
                : throw new BadInputException($"the scores of {model.Name} for this input are not finite numbers: its weights do not fit {typeof(T).Name.ToLowerInvariant()} arithmetic or are damaged");
        }

        var probabilities = Logits.Softmax(scores);
        for (var id = 0; id < all.Length; id++)
        {
            all[id].Probability = probabilities[id];
        }

        return all;
    }
}
