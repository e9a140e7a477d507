using System.Diagnostics;
using Mambascope.Evaluation;
using Mambascope.Evaluation.Datasets;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>
/// Trains a picture model on fashion scenes: every batch is new scenes. Can be killed at any moment and started again with the same command;
/// it goes on from the last saved state, and the averaged weights that did best on validation scenes stand in the model folder.
/// </summary>
public sealed class SceneTraining : IDisposable
{
    private const int ValidationScenes = 2000;
    private const int TestScenes = 10_000;
    private static readonly TimeSpan saveEvery = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan validateEvery = TimeSpan.FromMinutes(6);

    private readonly SceneTrainingSettings settings;
    private readonly string modelFolder;
    private readonly TextWriter log;
    private readonly Workers workers;
    private readonly FashionScenes train;
    private readonly FashionScenes validation;
    private readonly IVisionModel model;
    private readonly GradientLanes lanes;
    private readonly TrainedParameter[] parameters;
    private readonly AdamW optimizer;
    private readonly ExponentialMovingAverage average;
    private readonly TrainingStateFile file;
    private double best;
    private long step;
    private TimeSpan earlier;

    /// <summary>Prepares a run, from a saved state where there is one with the same settings.</summary>
    public SceneTraining(SceneTrainingSettings settings, string dataFolder, string modelFolder, string runName, int threads, TextWriter log)
    {
        this.settings = settings;
        this.modelFolder = modelFolder;
        this.log = log;
        workers = new(threads);
        var garments = FashionMnist.Train(dataFolder);
        train = FashionScenes.Train(garments, (ulong)settings.Seed);
        validation = FashionScenes.Validation(garments, (ulong)settings.Seed);
        model = settings.Create(RandomWeights.Source(settings.Seed));
        lanes = new(model);
        parameters = [.. model.AllWeights.Select(w => new TrainedParameter(w.Name, w.Data, lanes.Gradient(w), ModelFolder.IsMatrix(w)))];
        optimizer = new(parameters, new() { WeightDecay = settings.WeightDecay, Beta2 = 0.99 }, threads);
        average = new(parameters, settings.AverageDecay);
        file = TrainingStateFile.InUserCache(runName);
        Resume();
    }

    /// <summary>Trains to the last step, then measures the best weights on the test scenes.</summary>
    public void Run(CancellationToken stop)
    {
        var schedule = new LearningRateSchedule(settings.PeakLearningRate, settings.FloorLearningRate, settings.WarmUpSteps, settings.Steps);
        var batch = new SceneBatch(settings.BatchSize);
        var clock = Stopwatch.StartNew();
        var (saved, validated, reported, seen, loss) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, 0, 0.0);
        while (step < settings.Steps && !stop.IsCancellationRequested)
        {
            batch.Fill(workers, train, step * settings.BatchSize);
            loss += lanes.Run(workers, batch.Pixels, batch.Labels, settings.LabelSmoothing, DropPath(step));
            optimizer.Step(schedule.At(step));
            average.Update();
            ChangedWeights();
            step++;
            seen++;
            if (clock.Elapsed - reported > TimeSpan.FromSeconds(15) || step == settings.Steps)
            {
                var rate = seen * settings.BatchSize / (clock.Elapsed - reported).TotalSeconds;
                var left = TimeSpan.FromSeconds((settings.Steps - step) * settings.BatchSize / rate);
                log.WriteLine($"step {step}/{settings.Steps}  loss {loss / seen:F4}  lr {schedule.At(step):E1}  {rate:F1} images/s  {left:h\\:mm\\:ss} left");
                (reported, seen, loss) = (clock.Elapsed, 0, 0);
            }

            if (clock.Elapsed - validated > validateEvery || step == settings.Steps)
            {
                Validate();
                validated = clock.Elapsed;
            }

            if (clock.Elapsed - saved > saveEvery || step == settings.Steps || stop.IsCancellationRequested)
            {
                Save(clock.Elapsed);
                saved = clock.Elapsed;
            }
        }

        if (step == settings.Steps)
        {
            Test(workers, modelFolder, log);
            log.WriteLine($"trained {step * settings.BatchSize} scenes in {earlier + clock.Elapsed:h\\:mm\\:ss}");
        }
    }

    /// <summary>Accuracy of the weights in the model folder, as they ship, on the test scenes.</summary>
    public static WilsonInterval Test(Workers workers, string modelFolder, TextWriter log)
    {
        using var checkpoint = Checkpoints.Checkpoint.Open(modelFolder);
        var config = Checkpoints.ConfigFile.LoadIfPresent(Path.Combine(modelFolder, "config.json"));
        IVisionModel shipped = VisionMambaCheckpoint.Matches(checkpoint) ? VisionMambaCheckpoint.Load(checkpoint, config) : VisionTransformerCheckpoint.Load(checkpoint, config);
        var interval = WilsonInterval.Of(Accuracy.CountRight(workers, shipped, FashionScenes.Test(), TestScenes), TestScenes);
        log.WriteLine($"test accuracy {100 * interval.Rate:F2} % (95 % interval {100 * interval.Lower:F2} to {100 * interval.Upper:F2}) on {TestScenes} fresh scenes of test garments");
        return interval;
    }

    private void Validate()
    {
        average.Swap();
        ChangedWeights();
        var accuracy = (double)Accuracy.CountRight(workers, model, validation, ValidationScenes) / ValidationScenes;
        log.WriteLine($"step {step}  validation accuracy {100 * accuracy:F2} % (averaged weights, {ValidationScenes} scenes){(accuracy > best ? ", best so far: written to " + modelFolder : "")}");
        if (accuracy > best)
        {
            best = accuracy;
            ModelFolder.Write(modelFolder, model);
        }

        average.Swap();
        ChangedWeights();
    }

    // A factor per residual branch and item: 0 with the branch's drop rate, else 1 / (1 - rate). Drawn from seed and step, so a resumed run draws the same.
    private float[][] DropPath(long at)
    {
        var random = new Random(HashCode(settings.Seed, at));
        return [.. Enumerable.Range(0, model.Branches).Select(branch =>
        {
            var rate = settings.DropPath * branch / Math.Max(1, model.Branches - 1);
            return Enumerable.Range(0, settings.BatchSize).Select(_ => random.NextDouble() < rate ? 0 : (float)(1 / (1 - rate))).ToArray();
        })];

        static int HashCode(int seed, long step) => unchecked((int)((((ulong)step * 0x9E3779B97F4A7C15) + (ulong)seed) >> 32));
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
            Settings = settings.ToString(),
            Step = step,
            OptimizerSteps = optimizer.Steps,
            AverageUpdates = average.Updates,
            BestAccuracy = best,
            Elapsed = earlier + elapsed,
            Arrays = TrainingState.ArraysOf(parameters, optimizer, average),
        });

    private void Resume()
    {
        var state = file.Load(out var damage);
        if (damage is not null)
        {
            log.WriteLine($"saved state: {damage}");
        }

        if (state is null)
        {
            return;
        }

        if (!string.Equals(state.Settings, settings.ToString(), StringComparison.Ordinal))
        {
            throw new BadInputException($"the saved run in {file.Folder} has other settings ({state.Settings}); give --name another value to start a new run, or delete the folder");
        }

        state.RestoreTo(parameters, optimizer, average);
        (step, best, earlier) = (state.Step, state.BestAccuracy, state.Elapsed);
        ChangedWeights();
        log.WriteLine($"going on at step {step}, best validation accuracy {100 * best:F2} %");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lanes.Dispose();
        workers.Dispose();
    }
}
