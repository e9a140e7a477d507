using System.Diagnostics;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>
/// A training run, step by step: gradients, optimiser, average of the weights; now and then validation of the average and a saved state.
/// It can be killed at any moment and goes on from the last saved state as if nothing had happened. What is trained, and on what, a
/// subclass says.
/// </summary>
internal abstract class TrainingRun : IDisposable
{
    private static readonly TimeSpan saveEvery = TimeSpan.FromMinutes(2);

    private readonly ITrainingRecipe recipe;
    private readonly IModel model;
    private readonly TrainedParameter[] parameters;
    private readonly AdamW optimizer;
    private readonly ExponentialMovingAverage average;
    private readonly TrainingStateFile file;
    private readonly Stopwatch clock = new();
    private double best;
    private long step;
    private TimeSpan earlier;

    /// <summary>Prepares a run.</summary>
    /// <param name="recipe">Settings.</param>
    /// <param name="model">The model with its initial weights.</param>
    /// <param name="gradient">Where <see cref="Gradients"/> leaves the gradient of a weight.</param>
    /// <param name="file">Where the state is kept.</param>
    /// <param name="workers">Threads; disposed of with the run.</param>
    protected TrainingRun(
        ITrainingRecipe recipe, IModel model, Func<Weight, float[]> gradient, TrainingStateFile file, Workers workers)
    {
        this.recipe = recipe;
        this.model = model;
        this.file = file;
        Workers = workers;
        parameters =
        [
            .. model.AllWeights.Select(w => new TrainedParameter(w.Name, w.Values<float>(), gradient(w), WeightsFile.IsMatrix(w))),
        ];
        optimizer = new(parameters, new() { WeightDecay = recipe.WeightDecay, Beta2 = recipe.Beta2 }, workers.Count);
        average = new(parameters, recipe.AverageDecay);
    }

    /// <summary>Threads that a step may use.</summary>
    protected Workers Workers { get; }

    /// <summary>Time spent training, over all restarts.</summary>
    protected TimeSpan Elapsed => earlier + clock.Elapsed;

    /// <summary>Steps taken, over all restarts.</summary>
    protected long Step => step;

    /// <summary>Steps planned.</summary>
    protected int Steps => recipe.Steps;

    /// <summary>The best validation score, 0 before the first validation.</summary>
    protected double Best => best;

    /// <summary>How often <see cref="Report"/> is called, at most.</summary>
    protected abstract TimeSpan ReportEvery { get; }

    /// <summary>Whether there is nothing to gain from further steps, though some are left.</summary>
    protected virtual bool IsOver => false;

    /// <summary>What a subclass keeps in the state beside weights, moments and averages; its live arrays, by name.</summary>
    protected virtual IEnumerable<KeyValuePair<string, float[]>> OwnArrays => [];

    /// <summary>Goes on from the saved state, if there is one, and trains to the last step, or until it is over or stopped.</summary>
    /// <returns>Whether it came to its end; a run that was stopped did not, and has its state saved.</returns>
    /// <exception cref="BadInputException">The saved state belongs to a run with other settings, or is damaged.</exception>
    public bool Run(CancellationToken stop)
    {
        Resume();
        var schedule = new LearningRateSchedule(
            recipe.PeakLearningRate, recipe.FloorLearningRate, recipe.WarmUpSteps, recipe.Steps, recipe.Cycles);
        clock.Restart();
        var (saved, validated, reported, seen, loss) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, 0, 0.0);
        var (savedStep, validatedStep) = (step, step);
        while (step < recipe.Steps && !stop.IsCancellationRequested && !IsOver)
        {
            loss += Gradients(step);
            optimizer.Step(schedule.At(step));
            average.Update();
            ChangedWeights();
            step++;
            seen++;
            if (clock.Elapsed - reported > ReportEvery || step == recipe.Steps)
            {
                var rate = seen / (clock.Elapsed - reported).TotalSeconds;
                Report(loss / seen, schedule.At(step), rate, TimeSpan.FromSeconds((recipe.Steps - step) / rate));
                (reported, seen, loss) = (clock.Elapsed, 0, 0);
            }

            if (IsValidationDue(clock.Elapsed - validated) || step == recipe.Steps)
            {
                Validate();
                (validated, validatedStep) = (clock.Elapsed, step);
            }

            if (clock.Elapsed - saved > saveEvery)
            {
                Save();
                (saved, savedStep) = (clock.Elapsed, step);
            }
        }

        if (!stop.IsCancellationRequested && IsOver && (step > validatedStep || best <= 0))
        {
            Validate(); // the time ended it: what was learned since the last validation counts too
        }

        if (step > savedStep)
        {
            Save();
        }

        clock.Stop();
        return step == recipe.Steps || (IsOver && !stop.IsCancellationRequested);
    }

    /// <summary>Loss of the batch of a step, its gradients left where the constructor was told. Equal steps see equal batches.</summary>
    protected abstract double Gradients(long step);

    /// <summary>Whether the averaged weights are validated after the present step.</summary>
    /// <param name="since">Time since it was done.</param>
    protected abstract bool IsValidationDue(TimeSpan since);

    /// <summary>How good the present weights are, 0..1, more is better.</summary>
    protected abstract double Score();

    /// <summary>Told of every validation, while the averaged weights are those of the model.</summary>
    /// <param name="score">What <see cref="Score"/> said.</param>
    /// <param name="isBest">Whether it is better than all before.</param>
    protected abstract void Validated(double score, bool isBest);

    /// <summary>Told how it goes.</summary>
    /// <param name="loss">Mean loss of the steps since the last report.</param>
    /// <param name="learningRate">Of the next step.</param>
    /// <param name="rate">Steps a second.</param>
    /// <param name="left">Time to the last step.</param>
    protected abstract void Report(double loss, double learningRate, double rate, TimeSpan left);

    /// <summary>Told of a state that was found.</summary>
    /// <param name="damage">What is wrong with the newest saved state, where an older one is gone on from; else null.</param>
    protected virtual void Resumed(string? damage) { }

    /// <summary>What to say to someone whose saved run has other settings.</summary>
    protected virtual string OtherSettings(string settings)
        => $"the saved run in {file.Folder} has other settings ({settings}); give --name another value to start a new run, or delete the "
            + "folder";

    /// <summary>Takes back what <see cref="OwnArrays"/> gave.</summary>
    /// <exception cref="BadInputException">Something is missing.</exception>
    protected virtual void Restore(IReadOnlyDictionary<string, float[]> arrays) { }

    /// <summary>Random numbers of a step: drawn from seed and step, so a resumed run draws the same.</summary>
    protected Random RandomOf(long step) => new(unchecked((int)((((ulong)step * 0x9E3779B97F4A7C15) + (ulong)recipe.Seed) >> 32)));

    /// <summary>
    /// A factor per residual branch and item of a batch: 0 with the branch's drop rate, which grows linearly to <paramref name="last"/>,
    /// else 1 / (1 - rate).
    /// </summary>
    protected float[][] DropPath(long step, double last)
    {
        var random = RandomOf(step);
        return [.. Enumerable.Range(0, model.Branches).Select(branch =>
        {
            var rate = last * branch / Math.Max(1, model.Branches - 1);
            return Enumerable.Range(0, recipe.BatchSize).Select(_ => random.NextDouble() < rate ? 0 : (float)(1 / (1 - rate))).ToArray();
        })];
    }

    private void Validate()
    {
        average.Swap();
        ChangedWeights();
        var score = Score();
        var isBest = score > best;
        best = Math.Max(best, score);
        Validated(score, isBest);
        average.Swap();
        ChangedWeights();
    }

    private void ChangedWeights()
    {
        foreach (var weight in model.AllWeights)
        {
            weight.Changed();
        }
    }

    private void Save()
    {
        var arrays = TrainingState.ArraysOf(parameters, optimizer, average);
        foreach (var (name, values) in OwnArrays)
        {
            arrays.Add(name, values);
        }

        file.Save(new()
        {
            Settings = recipe.ToString()!,
            Step = step,
            OptimizerSteps = optimizer.Steps,
            AverageUpdates = average.Updates,
            BestScore = best,
            Elapsed = Elapsed,
            Arrays = arrays,
        });
    }

    private void Resume()
    {
        if (file.Load(out var damage) is not { } state)
        {
            return;
        }

        if (!string.Equals(state.Settings, recipe.ToString(), StringComparison.Ordinal))
        {
            throw new BadInputException(OtherSettings(state.Settings));
        }

        state.RestoreTo(parameters, optimizer, average);
        Restore(state.Arrays);
        (step, best, earlier) = (state.Step, state.BestScore, state.Elapsed);
        ChangedWeights();
        Resumed(damage);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives threads back.</summary>
    protected virtual void Dispose(bool isDisposing)
    {
        if (isDisposing)
        {
            Workers.Dispose();
        }
    }
}
