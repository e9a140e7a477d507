using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Numerics;

namespace Mambascope.Attribution;

/// <summary>
/// The explained score of an input without some of its tokens, for methods that ask what a model says then: their patches' pixels, or the
/// embeddings of their words, are 0, Captum's baseline (of normalised pixels the mean colour, of measurements the mean of a channel).
/// Runs go through the model in batches.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="run">The explanation under way.</param>
/// <param name="item">Item of the run.</param>
internal sealed class RemovedParts<T>(MethodRun<T> run, int item)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int AtOnce = 8;

    /// <summary>
    /// Rows and columns of what can be removed: the patches of a picture, row by row; of a text the tokens up to the explained one.
    /// </summary>
    public (int Rows, int Columns) Size
        => run.Trace.Grid is { } grid ? (grid.Rows, grid.Columns)
            : (1, run.Trace.IsClassifier ? run.Trace.Length : run.Decision.Token + 1);

    /// <summary>The score of each variant.</summary>
    /// <param name="removed">For each variant, which tokens are gone, in the order of <see cref="Size"/>.</param>
    /// <param name="done">Variants of this item that are done already, for the progress.</param>
    /// <param name="all">Variants of this item in all.</param>
    public double[] Scores(IReadOnlyList<bool[]> removed, int done, int all)
    {
        var scores = new double[removed.Count];
        for (var first = 0; first < removed.Count; first += AtOnce)
        {
            run.Step((item * all) + done + first, run.Decision.Batch * all);
            var count = Math.Min(AtOnce, removed.Count - first);
            var input = run.Trace.Input.Data.Item(item);
            var variants = Activation<T>.Zeros(count, input.Length, input.Width);
            for (var i = 0; i < count; i++)
            {
                variants.Item(i).CopyFrom(input);
                Remove(variants.Item(i), removed[first + i]);
            }

            using var tape = new Tape<T>(run.Trace.Tape.Workers, run.Trace.Tape.Pool, isRecording: false, run.Cancellation);
            var answers = run.Model.ForwardInput(tape, variants, run.Decision.Positions).Logits.Data;
            for (var i = 0; i < count; i++)
            {
                var logits = answers.Row(i, 0); // one row: a classifier's, or the explained token's
                var score = logits[run.Decision.Targets[item]];
                score -= run.Decision.Contrasts is { } contrasts ? logits[contrasts[item]] : T.Zero;
                scores[first + i] = double.CreateTruncating(score);
            }
        }

        return scores;
    }

    /// <summary>The map of this item from a value per token of <see cref="Size"/>; what cannot be removed gets 0.</summary>
    public RelevanceMap<T> Map(IReadOnlyList<double> values, IReadOnlyDictionary<string, double> diagnostics)
    {
        var perToken = new T[run.Trace.Length];
        foreach (var (t, value) in run.Trace.Layout.Shown.Zip(values))
        {
            perToken[t] = T.CreateTruncating(value);
        }

        return run.Decision.Map(perToken, diagnostics);
    }

    private void Remove(Activation<T> input, bool[] removed)
    {
        for (var place = 0; place < removed.Length; place++)
        {
            if (!removed[place])
            {
                continue;
            }

            if (run.Trace.InputSpans is { } spans)
            {
                for (var row = spans[place].First; row < spans[place].First + spans[place].Count; row++)
                {
                    input.Row(row).Clear();
                }

                continue;
            }

            if (run.Trace.Grid is not { } grid)
            {
                input.Row(place).Clear();
                continue;
            }

            var (top, column) = (place / grid.Columns, place % grid.Columns);
            for (var channel = 0; channel < grid.Channels; channel++)
            {
                for (var y = top * grid.Stride; y < (top * grid.Stride) + grid.PatchSize; y++)
                {
                    input.Row((channel * grid.ImageHeight) + y).Slice(column * grid.Stride, grid.PatchSize).Clear();
                }
            }
        }
    }
}
