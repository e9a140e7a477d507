namespace Mambascope.Training;

/// <summary>Classes, by cross-entropy.</summary>
/// <param name="smoothing">Share of the target spread over all classes.</param>
/// <param name="classWeights">Factor of the loss of a case by its class; null for 1.</param>
internal sealed class ClassObjective(double smoothing, double[]? classWeights) : Objective
{
    /// <inheritdoc/>
    public override double Evaluate(ReadOnlySpan<float> outputs, ReadOnlySpan<DrawnCase> cases, LabelledCases all, Span<float> gradient)
    {
        var labels = new int[cases.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = all.Labels[cases[i].Case];
        }

        return LabelSmoothingCrossEntropy.Evaluate(outputs, labels, smoothing, gradient, classWeights);
    }

    /// <inheritdoc/>
    public override Verdict Judge(CaseScores outputs, LabelledCases cases) => new(outputs.Loss(classWeights), outputs.Accuracy);

    /// <inheritdoc/>
    public override ModelFigures Figures(CaseScores outputs, LabelledCases cases) => ClassificationFigures.Of(outputs);
}
