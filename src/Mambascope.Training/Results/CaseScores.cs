using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>What a model answers to cases.</summary>
/// <param name="logits">Its outputs: (cases, classes), row-major; of a number (cases, 1), standardised.</param>
/// <param name="labels">Class of each case.</param>
internal sealed class CaseScores(float[] logits, int[] labels)
{
    private readonly int classes = logits.Length / labels.Length;

    /// <summary>Class of each case.</summary>
    public int[] Labels => labels;

    /// <summary>Classes.</summary>
    public int Classes => classes;

    /// <summary>Share of right answers.</summary>
    public double Accuracy => Enumerable.Range(0, labels.Length).Count(i => Answer(i) == labels[i]) / (double)labels.Length;

    /// <summary>Runs a model; the result does not depend on the number of threads.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="model">The model.</param>
    /// <param name="cases">Cases, at least one.</param>
    /// <param name="microBatch">Cases that are run at once.</param>
    /// <param name="stop">Stops it between two runs.</param>
    public static CaseScores Of(
        Workers workers, IModel model, LabelledCases cases, int microBatch, CancellationToken stop = default)
    {
        using var alone = new Workers(1);
        var parts = new float[(cases.Count + microBatch - 1) / microBatch][];
        workers.For(parts.Length, part =>
        {
            stop.ThrowIfCancellationRequested();
            var first = part * microBatch;
            DrawnCase[] drawn =
                [.. Enumerable.Range(first, Math.Min(microBatch, cases.Count - first)).Select(one => new DrawnCase(one, null))];
            using var tape = new Tape<float>(alone, new BufferPool<float>(), isRecording: false);
            parts[part] = cases.Scores(tape, model, drawn).Data.ToArray();
        });
        return new([.. parts.SelectMany(part => part)], cases.Labels);
    }

    /// <summary>All outputs, row-major.</summary>
    public ReadOnlySpan<float> All => logits;

    /// <summary>Scores of a case.</summary>
    public ReadOnlySpan<float> Row(int index) => logits.AsSpan(index * classes, classes);

    /// <summary>The class with the highest score.</summary>
    public int Answer(int index) => ArgMax.Of(Row(index));

    /// <summary>Probabilities of the classes of a case.</summary>
    public double[] Probabilities(int index) => Logits.Softmax(Row(index));

    /// <summary>Mean of -log p(true class), cases weighted by their class.</summary>
    /// <param name="classWeights">Null for 1.</param>
    /// <param name="temperature">What scores are divided by.</param>
    public double Loss(IReadOnlyList<double>? classWeights = null, double temperature = 1)
    {
        var (loss, total) = (0.0, 0.0);
        var row = new double[classes];
        for (var i = 0; i < labels.Length; i++)
        {
            for (var k = 0; k < classes; k++)
            {
                row[k] = logits[(i * classes) + k] / temperature;
            }

            var weight = classWeights is null ? 1 : classWeights[labels[i]];
            loss -= weight * Logits.LogProbability<double>(row, labels[i]);
            total += weight;
        }

        return loss / total;
    }
}
