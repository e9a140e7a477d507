using Mambascope.Evaluation.Datasets;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>
/// Trains a classifier on labelled cases, every one once an epoch in an order drawn anew. The averaged weights with the lowest validation
/// loss are kept; when no validation has been better for some time, training ends.
/// </summary>
internal sealed class ClassifierTraining : TrainingRun
{
    private const ulong OrderStream = 0x07DE5;
    private const ulong ChangeStream = 0xC4A76E000000;
    private const string BestPrefix = "best/";
    private const string CountersName = "own/counters";

    // Places in the counters.
    private const int Since = 0;
    private const int BestStepAt = 1;
    private const int BestAccuracyAt = 2;
    private const int AccuracyAt = 3;

    private readonly ClassifierRecipe recipe;
    private readonly TrainingData data;
    private readonly IModel model;
    private readonly ClassifierGradients gradients;
    private readonly double[]? classWeights;
    private readonly IProgress<TrainingProgress>? progress;
    private readonly TimeSpan? limit;
    private readonly Dictionary<string, float[]> bestWeights;
    private readonly float[] counters = new float[4];
    private (long Epoch, int[] Cases) order = (-1, []);
    private TrainingProgress? told;
    private double latestLoss;

    private ClassifierTraining(
        ClassifierRecipe recipe, TrainingData data, IModel model, ClassifierGradients gradients, TrainingStateFile file, Workers workers,
        TimeSpan? limit, IProgress<TrainingProgress>? progress)
        : base(recipe, model, gradients.Gradient, file, workers)
    {
        (this.recipe, this.data, this.model, this.gradients) = (recipe, data, model, gradients);
        (this.limit, this.progress) = (limit, progress);
        classWeights = recipe.IsBalanced ? BalancedWeights(data.Train.CountsOf(recipe.Classes)) : null;
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
    public static ClassifierTraining Of(
        ClassifierRecipe recipe, TrainingData data, IModel model, TrainingStateFile file, int threads, TimeSpan? limit,
        IProgress<TrainingProgress>? progress)
        => new(recipe, data, model, new(model, recipe.MicroBatch), file, new(threads), limit, progress);

    /// <summary>Factors by class with which every class counts the same: N / (K n).</summary>
    public static double[] BalancedWeights(int[] counts)
        => [.. counts.Select(count => counts.Sum() / (double)(counts.Length * Math.Max(1, count)))];

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
            .. batch.Select(one => new DrawnCase(one, new SceneRandom((ulong)recipe.Seed, ChangeStream + (ulong)epoch, one))),
        ];
        var dropPath = DropPath(step, recipe.DropPath);
        latestLoss = gradients.Run(
            Workers,
            (tape, at, count) => data.Train.Scores(
                tape, model, drawn.AsSpan(at, count), branch => dropPath[branch][at..(at + count)]),
            [.. batch.Select(one => data.Train.Labels[one])],
            recipe.LabelSmoothing,
            classWeights);
        return latestLoss;
    }

    /// <inheritdoc/>
    protected override bool IsValidationDue(TimeSpan since) => Step % recipe.ValidateEvery == 0;

    /// <summary>exp(-loss) of the validation cases, with the weights of the classes.</summary>
    protected override double Score()
    {
        var scores = ClassifierScores.Of(Workers, model, data.Validation, recipe.MicroBatch);
        counters[AccuracyAt] = (float)scores.Accuracy;
        return Math.Exp(-scores.Loss(classWeights));
    }

    /// <inheritdoc/>
    protected override void Validated(double score, bool isBest)
    {
        counters[Since] = isBest ? 0 : counters[Since] + 1;
        if (isBest)
        {
            (counters[BestStepAt], counters[BestAccuracyAt]) = (Step, counters[AccuracyAt]);
            foreach (var weight in model.AllWeights)
            {
                weight.Values<float>().CopyTo(bestWeights[weight.Name], 0);
            }
        }

        told ??= new(Step, recipe.Steps, latestLoss, null, null, 0, TimeSpan.Zero);
        Tell(told with { Step = Step, Accuracy = counters[AccuracyAt], BestAccuracy = counters[BestAccuracyAt] });
    }

    /// <inheritdoc/>
    protected override void Report(double loss, double learningRate, double rate, TimeSpan left)
    {
        double? Known(int at) => Best > 0 ? counters[at] : null;
        var most = limit - Elapsed;
        Tell(new(
            Step, recipe.Steps, loss, Known(AccuracyAt), Known(BestAccuracyAt), rate * recipe.BatchSize, most < left ? most.Value : left));
    }

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
