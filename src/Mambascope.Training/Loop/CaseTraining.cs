using Mambascope.Evaluation;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>
/// Trains a model on labelled cases, every one once an epoch in an order drawn anew. The averaged weights with the lowest validation
/// loss are kept; when no validation has been better for some time, training ends.
/// </summary>
internal sealed class CaseTraining : TrainingRun
{
    private const ulong OrderStream = 0x07DE5;
    private const ulong ChangeStream = 0xC4A76E000000;
    private const double MostLoss = 600; // beyond it exp(-loss) is 0, which stands for no validation
    private const string BestPrefix = "best/";
    private const string CountersName = "own/counters";

    // Places in the counters.
    private const int Since = 0;
    private const int BestStepAt = 1;
    private const int BestFigureAt = 2;
    private const int FigureAt = 3;

    private readonly CaseRecipe recipe;
    private readonly TrainingData data;
    private readonly IModel model;
    private readonly CaseGradients gradients;
    private readonly Objective objective;
    private readonly IProgress<TrainingProgress>? progress;
    private readonly TimeSpan? limit;
    private readonly Dictionary<string, float[]> bestWeights;
    private readonly float[] counters = new float[4];
    private (long Epoch, int[] Cases) order = (-1, []);
    private TrainingProgress? told;
    private double latestLoss;

    private CaseTraining(
        CaseRecipe recipe, TrainingData data, IModel model, CaseGradients gradients, TrainingStateFile file, Workers workers,
        TimeSpan? limit, IProgress<TrainingProgress>? progress)
        : base(recipe, model, gradients.Gradient, file, workers)
    {
        (this.recipe, this.data, this.model, this.gradients) = (recipe, data, model, gradients);
        (this.limit, this.progress) = (limit, progress);
        objective = Objective.Of(recipe, data);
        bestWeights = model.AllWeights.ToDictionary(w => w.Name, w => new float[w.Values<float>().Length], StringComparer.Ordinal);
    }

    /// <summary>The step of the best weights.</summary>
    public long BestStep => (long)counters[BestStepAt];

    /// <summary>Time spent, over all restarts.</summary>
    public TimeSpan TimeSpent => Elapsed;

    /// <summary>Steps taken, over all restarts.</summary>
    public long StepsTaken => Step;

    /// <inheritdoc/>
    protected override TimeSpan ReportEvery => TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override bool IsOver => counters[Since] >= recipe.Patience || (limit is { } most && Elapsed >= most);

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, float[]>> OwnArrays
        => bestWeights.Select(best => KeyValuePair.Create(BestPrefix + best.Key, best.Value)).Append(new(CountersName, counters));

    /// <summary>Prepares a run.</summary>
    /// <param name="recipe">Settings.</param>
    /// <param name="data">Cases.</param>
    /// <param name="model">The model with its initial weights.</param>
    /// <param name="file">Where the state is kept.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="limit">Longest time; null for none.</param>
    /// <param name="progress">Told how it goes.</param>
    public static CaseTraining Of(
        CaseRecipe recipe, TrainingData data, IModel model, TrainingStateFile file, int threads, TimeSpan? limit,
        IProgress<TrainingProgress>? progress)
        => new(recipe, data, model, new(model, recipe.MicroBatch), file, new(threads), limit, progress);

    /// <summary>Puts the best weights into the model.</summary>
    public void TakeBest()
    {
        foreach (var weight in model.AllWeights)
        {
            bestWeights[weight.Name].CopyTo(weight.Values<float>(), 0);
            weight.Changed();
        }
    }

    /// <inheritdoc/>
    protected override double Gradients(long step)
    {
        var (epoch, first) = (step / recipe.StepsPerEpoch, (int)(step % recipe.StepsPerEpoch) * recipe.BatchSize);
        if (order.Epoch != epoch)
        {
            order = (epoch, [.. Enumerable.Range(0, data.Train.Count)]);
            CaseSplit.Shuffle(order.Cases, new((ulong)recipe.Seed, OrderStream, epoch));
        }

        var batch = order.Cases.AsSpan(first, recipe.BatchSize).ToArray();
        DrawnCase[] drawn =
        [
            .. batch.Select(one => new DrawnCase(one, new SplitMix64((ulong)recipe.Seed, ChangeStream + (ulong)epoch, one))),
        ];
        var dropPath = DropPath(step, recipe.DropPath);
        latestLoss = gradients.Run(
            Workers,
            (tape, at, count) => data.Train.Scores(
                tape, model, drawn.AsSpan(at, count), branch => dropPath[branch][at..(at + count)]),
            drawn.Length,
            (outputs, at, count, gradient) => objective.Evaluate(outputs, drawn.AsSpan(at, count), data.Train, gradient));
        return latestLoss;
    }

    /// <inheritdoc/>
    protected override bool IsValidationDue(TimeSpan since) => Step % recipe.ValidateEvery == 0;

    /// <summary>exp(-loss) of the validation cases.</summary>
    protected override double Score()
    {
        var scores = CaseScores.Of(Workers, model, data.Validation, recipe.MicroBatch);
        var verdict = objective.Judge(scores, data.Validation);
        counters[FigureAt] = (float)verdict.Figure;
        return Math.Exp(-Math.Min(verdict.Loss, MostLoss));
    }

    /// <inheritdoc/>
    protected override void Validated(double score, bool isBest)
    {
        counters[Since] = isBest ? 0 : counters[Since] + 1;
        if (isBest)
        {
            (counters[BestStepAt], counters[BestFigureAt]) = (Step, counters[FigureAt]);
            foreach (var weight in model.AllWeights)
            {
                weight.Values<float>().CopyTo(bestWeights[weight.Name], 0);
            }
        }

        told ??= new(Step, recipe.Steps, latestLoss, null, null, 0, TimeSpan.Zero) { Figure = FigureName };
        Tell(told with { Step = Step, Accuracy = counters[FigureAt], BestAccuracy = counters[BestFigureAt] });
    }

    /// <inheritdoc/>
    protected override void Report(double loss, double learningRate, double rate, TimeSpan left)
    {
        double? Known(int at) => Best > 0 ? counters[at] : null;
        var most = limit - Elapsed;
        Tell(new(
            Step, recipe.Steps, loss, Known(FigureAt), Known(BestFigureAt), rate * recipe.BatchSize, most < left ? most.Value : left)
        {
            Figure = FigureName,
        });
    }

    private string FigureName => data.Number is null ? "accuracy" : TrainingProgress.NameOfR2;

    private void Tell(TrainingProgress now)
    {
        told = now;
        progress?.Report(now);
    }

    /// <inheritdoc/>
    protected override string OtherSettings(string settings)
        => $"the saved training is of other data or of another version of the program; it began with {settings}";

    /// <inheritdoc/>
    protected override void Restore(IReadOnlyDictionary<string, float[]> arrays)
    {
        foreach (var (name, own) in OwnArrays)
        {
            if (!arrays.TryGetValue(name, out var saved) || saved.Length != own.Length)
            {
                throw new BadInputException($"the saved training has no {name}: it is of another version of the program");
            }

            saved.CopyTo(own, 0);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        if (isDisposing)
        {
            gradients.Dispose();
        }

        base.Dispose(isDisposing);
    }
}
