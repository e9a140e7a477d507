using System.Diagnostics;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>
/// A training run, step by step. Can be killed at any moment and started again with the same command; it goes on from the last saved state,
/// and the averaged weights that did best on validation data stand in the model folder. What is trained, and on what, a subclass says.
/// </summary>
public abstract class TrainingRun : IDisposable
{
    private static readonly TimeSpan reportEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan saveEvery = TimeSpan.FromMinutes(2);

    private readonly ITrainingRecipe recipe;
    private readonly IModel model;
    private readonly TrainedParameter[] parameters;
    private readonly AdamW optimizer;
    private readonly ExponentialMovingAverage average;
    private readonly TrainingStateFile file;
    private double best;
    private long step;
    private TimeSpan earlier;

    /// <summary>Prepares a run.</summary>
    /// <param name="recipe">Settings.</param>
    /// <param name="model">The model with its initial weights.</param>
    /// <param name="gradient">Where <see cref="Gradients"/> leaves the gradient of a weight.</param>
    /// <param name="runName">Name under which the state is kept.</param>
    /// <param name="workers">Threads; disposed of with the run.</param>
    /// <param name="log">Progress.</param>
    protected TrainingRun(
        ITrainingRecipe recipe, IModel model, Func<Weight, float[]> gradient, string runName, Workers workers, TextWriter log)
    {
        this.recipe = recipe;
        this.model = model;
        Workers = workers;
        Log = log;
        parameters =
        [
            .. model.AllWeights.Select(w => new TrainedParameter(w.Name, w.Values<float>(), gradient(w), ModelFolder.IsMatrix(w))),
        ];
        optimizer = new(parameters, new() { WeightDecay = recipe.WeightDecay, Beta2 = recipe.Beta2 }, workers.Count);
        average = new(parameters, recipe.AverageDecay);
        file = TrainingStateFile.InUserCache(runName);
    }

    /// <summary>Threads that a step may use.</summary>
    protected Workers Workers { get; }

    /// <summary>Progress, a line at a time.</summary>
    protected TextWriter Log { get; }

    /// <summary>How often the averaged weights are validated.</summary>
    protected abstract TimeSpan ValidateEvery { get; }

    /// <summary>What speed is counted in, and how many of them a step has.</summary>
    protected abstract (string Name, int PerStep) Unit { get; }

    /// <summary>
    /// Goes on from the saved state, if there is one, trains to the last step, then measures the best weights as they ship.
    /// </summary>
    /// <exception cref="BadInputException">The saved state belongs to a run with other settings, or is damaged.</exception>
    public void Run(CancellationToken stop)
    {
        Resume();
        var schedule = new LearningRateSchedule(
            recipe.PeakLearningRate, recipe.FloorLearningRate, recipe.WarmUpSteps, recipe.Steps, recipe.Cycles);
        var clock = Stopwatch.StartNew();
        var (saved, validated, reported, seen, loss) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, 0, 0.0);
        while (step < recipe.Steps && !stop.IsCancellationRequested)
        {
            loss += Gradients(step);
            optimizer.Step(schedule.At(step));
            average.Update();
            ChangedWeights();
            step++;
            seen++;
            if (clock.Elapsed - reported > reportEvery || step == recipe.Steps)
            {
                var rate = seen / (clock.Elapsed - reported).TotalSeconds;
                var left = TimeSpan.FromSeconds((recipe.Steps - step) / rate);
                Log.WriteLine(
                    $"step {step}/{recipe.Steps}  loss {loss / seen:F4}  lr {schedule.At(step):E1}  {rate * Unit.PerStep:F1} {Unit.Name}/s "
                        + $" {left:h\\:mm\\:ss} left");
                (reported, seen, loss) = (clock.Elapsed, 0, 0);
            }

            if (clock.Elapsed - validated > ValidateEvery || step == recipe.Steps)
            {
                Validate();
                validated = clock.Elapsed;
            }

            if (clock.Elapsed - saved > saveEvery || step == recipe.Steps || stop.IsCancellationRequested)
            {
                Save(clock.Elapsed);
                saved = clock.Elapsed;
            }
        }

        if (step == recipe.Steps)
        {
            TestShipped();
            Log.WriteLine($"trained {step * Unit.PerStep} {Unit.Name} in {earlier + clock.Elapsed:h\\:mm\\:ss}");
        }
    }

    /// <summary>Loss of the batch of a step, its gradients left where the constructor was told. Equal steps see equal batches.</summary>
    protected abstract double Gradients(long step);

    /// <summary>How good the present weights are, 0..1, more is better.</summary>
    protected abstract double Score();

    /// <summary>A score in words.</summary>
    protected abstract string Words(double score);

    /// <summary>Writes the present weights as they ship; returns where.</summary>
    protected abstract string Write();

    /// <summary>Measures the written weights and logs the result.</summary>
    protected abstract void TestShipped();

    /// <summary>Random numbers of a step: drawn from seed and step, so a resumed run draws the same.</summary>
    protected Random RandomOf(long step) => new(unchecked((int)((((ulong)step * 0x9E3779B97F4A7C15) + (ulong)recipe.Seed) >> 32)));

    private void Validate()
    {
        average.Swap();
        ChangedWeights();
        var score = Score();
        var written = score > best ? $", best so far: written to {Write()}" : "";
        best = Math.Max(best, score);
        Log.WriteLine($"step {step}  {Words(score)} (averaged weights){written}");
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

    private void Save(TimeSpan elapsed)
        => file.Save(new()
        {
            Settings = recipe.ToString()!,
            Step = step,
            OptimizerSteps = optimizer.Steps,
            AverageUpdates = average.Updates,
            BestScore = best,
            Elapsed = earlier + elapsed,
            Arrays = TrainingState.ArraysOf(parameters, optimizer, average),
        });

    private void Resume()
    {
        var state = file.Load(out var damage);
        if (damage is not null)
        {
            Log.WriteLine($"saved state: {damage}");
        }

        if (state is null)
        {
            return;
        }

        if (!string.Equals(state.Settings, recipe.ToString(), StringComparison.Ordinal))
        {
            throw new BadInputException(
                $"the saved run in {file.Folder} has other settings ({state.Settings}); give --name another value to start a new run, or "
                    + "delete the folder");
        }

        state.RestoreTo(parameters, optimizer, average);
        (step, best, earlier) = (state.Step, state.BestScore, state.Elapsed);
        ChangedWeights();
        Log.WriteLine($"going on at step {step}, {(best > 0 ? "best so far: " + Words(best) : "not validated yet")}");
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
