namespace Mambascope.Training;

/// <summary>
/// A number, by its squared error: loss = mean over the batch of (z - t)²; gradient = 2 (z - t) / B, with z the output and t the true
/// number, standardised.
/// </summary>
internal sealed class NumberObjective : Objective
{
    /// <inheritdoc/>
    public override double Evaluate(ReadOnlySpan<float> outputs, ReadOnlySpan<DrawnCase> cases, LabelledCases all, Span<float> gradient)
    {
        var loss = 0.0;
        for (var i = 0; i < cases.Length; i++)
        {
            var error = outputs[i] - all.Targets![cases[i].Case];
            loss += (double)error * error / cases.Length;
            gradient[i] = 2 * error / cases.Length;
        }

        return loss;
    }

    /// <inheritdoc/>
    public override Verdict Judge(CaseScores outputs, LabelledCases cases)
    {
        double[] truth = [.. cases.Targets!.Select(target => (double)target)];
        double[] errors = [.. truth.Select((target, i) => outputs.Row(i)[0] - target)];
        int[] every = [.. Enumerable.Range(0, truth.Length)];
        return new(errors.Average(error => error * error), RegressionFigures.Explained(every, errors, truth));
    }

    /// <inheritdoc/>
    public override ModelFigures Figures(CaseScores outputs, LabelledCases cases)
        => RegressionFigures.Of(outputs.All, cases.Targets!, cases.Number!);
}
