using System.Globalization;
using Mambascope.Evaluation;
using Mambascope.Models;

namespace Mambascope.Training;

/// <summary>How well a number is predicted. Intervals are 95 %, bootstrap over cases.</summary>
public sealed record RegressionFigures : ModelFigures
{
    /// <summary>Mean absolute error, in the number's unit.</summary>
    public required Bootstrap MeanAbsoluteError { get; init; }

    /// <summary>The same of whoever always answers the mean of the training cases.</summary>
    public required double MeanAbsoluteErrorOfMean { get; init; }

    /// <summary>Root of the mean squared error, in the number's unit.</summary>
    public required Bootstrap RootMeanSquareError { get; init; }

    /// <summary>
    /// Share of the variance that is explained, 1 - Σ (y - ŷ)² / Σ (y - mean of y)²: 1 at best, 0 of the mean, below for worse; 0 where
    /// all true numbers are the same.
    /// </summary>
    public required Bootstrap R2 { get; init; }

    /// <summary>What is predicted.</summary>
    public required PredictedNumber Number { get; init; }

    /// <inheritdoc/>
    public override string Words => string.Create(
        CultureInfo.InvariantCulture,
        $"mean absolute error {Number.Words(MeanAbsoluteError.Mean)} (95 % interval {MeanAbsoluteError.Lower:G4} to "
            + $"{MeanAbsoluteError.Upper:G4}; of the mean alone {MeanAbsoluteErrorOfMean:G4}), R² {R2.Mean:0.000} ({R2.Lower:0.000} to "
            + $"{R2.Upper:0.000}), {Count} cases");

    /// <summary>Of outputs and true numbers, both standardised.</summary>
    internal static RegressionFigures Of(ReadOnlySpan<float> outputs, float[] targets, PredictedNumber number)
    {
        var (errors, truth) = (new double[targets.Length], new double[targets.Length]);
        for (var i = 0; i < targets.Length; i++)
        {
            (errors[i], truth[i]) = ((double)outputs[i] - targets[i], targets[i]);
        }

        double Absolute(ReadOnlySpan<int> cases) => number.Deviation * MeanOf(cases, i => Math.Abs(errors[i]));
        double Root(ReadOnlySpan<int> cases) => number.Deviation * Math.Sqrt(MeanOf(cases, i => errors[i] * errors[i]));
        return new()
        {
            Count = targets.Length,
            Loss = errors.Average(error => error * error),
            MeanAbsoluteError = Bootstrap.Of(targets.Length, Absolute),
            MeanAbsoluteErrorOfMean = number.Deviation * truth.Average(Math.Abs),
            RootMeanSquareError = Bootstrap.Of(targets.Length, Root),
            R2 = Bootstrap.Of(targets.Length, cases => Explained(cases, errors, truth)),
            Number = number,
        };
    }

    /// <summary>R² of some cases.</summary>
    internal static double Explained(ReadOnlySpan<int> cases, double[] errors, double[] truth)
    {
        var mean = MeanOf(cases, i => truth[i]);
        var variance = MeanOf(cases, i => (truth[i] - mean) * (truth[i] - mean));
        return variance > 0 ? 1 - (MeanOf(cases, i => errors[i] * errors[i]) / variance) : 0;
    }

    private static double MeanOf(ReadOnlySpan<int> cases, Func<int, double> value)
    {
        var sum = 0.0;
        foreach (var one in cases)
        {
            sum += value(one);
        }

        return sum / cases.Length;
    }
}
