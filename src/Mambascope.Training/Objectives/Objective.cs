namespace Mambascope.Training;

/// <summary>What a validation says of the weights.</summary>
/// <param name="Loss">The loss by which weights are chosen: the lowest.</param>
/// <param name="Figure">Accuracy, or R² of a number.</param>
internal readonly record struct Verdict(double Loss, double Figure);

/// <summary>What is to be learned: classes, or a number.</summary>
internal abstract class Objective
{
    /// <summary>What is learned from some data by a recipe.</summary>
    public static Objective Of(CaseRecipe recipe, TrainingData data)
        => data.Number is not null
            ? new NumberObjective()
            : new ClassObjective(recipe.LabelSmoothing, recipe.IsBalanced ? BalancedWeights(data.Train.CountsOf(recipe.Classes)) : null);

    /// <summary>Factors by class with which every class counts the same: N / (K n).</summary>
    public static double[] BalancedWeights(int[] counts)
        => [.. counts.Select(count => counts.Sum() / (double)(counts.Length * Math.Max(1, count)))];

    /// <summary>Mean loss of some cases, and its gradient.</summary>
    /// <param name="outputs">(cases, outputs), row-major.</param>
    /// <param name="cases">Which of <paramref name="all"/> they are.</param>
    /// <param name="all">The split they are of.</param>
    /// <param name="gradient">As outputs; overwritten with the derivative of the returned mean.</param>
    public abstract double Evaluate(ReadOnlySpan<float> outputs, ReadOnlySpan<DrawnCase> cases, LabelledCases all, Span<float> gradient);

    /// <summary>What outputs on the validation cases say.</summary>
    public abstract Verdict Judge(CaseScores outputs, LabelledCases cases);

    /// <summary>The figures of a finished model on some cases.</summary>
    public abstract ModelFigures Figures(CaseScores outputs, LabelledCases cases);
}
