using System.Diagnostics;
using System.Globalization;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>
/// The front door: from data to a model folder that can be opened and explained.
/// <code>
/// var trained = ModelTraining.Run(new() { Data = "medmnist:breastmnist.npz", Architecture = "vim" }, "my-model");
/// Console.WriteLine(trained.Test);
/// using var classifier = ImageClassifier.Open("./my-model");
/// </code>
/// For small models on a processor: thousands of small pictures (28 to 64 pixels) take minutes to an hour; hundreds of thousands, or
/// pictures of 224 pixels, are for other tools.
/// </summary>
public static class ModelTraining
{
    private const int CasesToSee = 100_000; // where nothing is said
    private const int LeastEpochs = 8;
    private const int MostEpochs = 150;
    private const int ManyCases = 2000;
    private const int FewCases = 200;
    private const int StepsOfFew = 600;
    private const double PlannedShare = 0.8; // of a time limit: the rest is for validations and the end
    private const int LeastSteps = 20;

    /// <summary>Names of what can be trained on series and tables, the standard one first.</summary>
    public static IReadOnlyList<string> SeriesArchitectures => MeasuredData.Names;

    /// <summary>Names of what can be trained on pictures, the standard one first.</summary>
    public static IReadOnlyList<string> Architectures => [.. NewPictures.Select(made => made.Name)];

    private static IEnumerable<NewPictureModel> NewPictures
        => Models.Architectures.All.Select(architecture => architecture.NewPictures).OfType<NewPictureModel>();

    /// <summary>Trains a model.</summary>
    /// <param name="settings">What decides the result.</param>
    /// <param name="folder">Where the model will be; empty, or not there yet.</param>
    /// <param name="options">What does not.</param>
    /// <param name="progress">Told about once a second.</param>
    /// <param name="cancellation">Stops it after the step at hand; <see cref="Resume"/> goes on.</param>
    /// <exception cref="BadInputException">The data, the settings or the folder will not do.</exception>
    /// <exception cref="OperationCanceledException">It was stopped, and its state is saved.</exception>
    public static TrainedModel Run(
        TrainingSettings settings, string folder, TrainingOptions? options = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new();
        Check(settings);
        var place = TrainingFolder.New(folder);
        using var workers = new Workers(options.Threads ?? Environment.ProcessorCount);
        var data = TrainingData.Load(settings, options, workers);
        if (options.Time is { } time && settings is { Steps: null, Epochs: null })
        {
            settings = settings with { Steps = StepsWithin(time, Recipe(settings, data), data, workers) };
        }

        var begun = new BegunTraining(settings, options.Command);
        var recipe = Recipe(settings, data);
        var model = Begin(settings, recipe, data);
        place.Begin(begun);
        return Train(place, begun, recipe, data, model, options, workers, progress, cancellation);
    }

    /// <summary>
    /// Goes on with a training that was stopped, with the settings it began with; the result is the same as without a stop.
    /// </summary>
    /// <param name="folder">Where the model will be.</param>
    /// <param name="options">What does not decide the result, the time limit apart.</param>
    /// <param name="progress">Told about once a second.</param>
    /// <param name="cancellation">Stops it after the step at hand.</param>
    /// <exception cref="BadInputException">There is no such training, or its data has changed.</exception>
    /// <exception cref="OperationCanceledException">It was stopped, and its state is saved.</exception>
    public static TrainedModel Resume(
        string folder, TrainingOptions? options = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new();
        var (place, begun) = TrainingFolder.Begun(folder);
        Check(begun.Settings);
        using var workers = new Workers(options.Threads ?? Environment.ProcessorCount);
        var data = TrainingData.Load(begun.Settings, options, workers);
        var recipe = Recipe(begun.Settings, data);
        var model = Begin(begun.Settings, recipe, data);
        return Train(place, begun, recipe, data, model, options, workers, progress, cancellation);
    }

    internal static NewPictureModel Pictures(string name)
        => NewPictures.FirstOrDefault(made => string.Equals(made.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new BadInputException(
                $"there is no architecture {Printable.Name(name)} to train on pictures; known are {string.Join(", ", Architectures)}");

    private static IModel Begin(TrainingSettings settings, CaseRecipe recipe, TrainingData data)
    {
        var model = data.Create(recipe, RandomWeights.Source(recipe.Seed));
        if (settings.From is { } from)
        {
            StartingWeights.Copy(model, from);
        }

        return model;
    }

    private static TrainedModel Train(
        TrainingFolder place, BegunTraining begun, CaseRecipe recipe, TrainingData data, IModel model, TrainingOptions options,
        Workers workers, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        using var training = CaseTraining.Of(recipe, data, model, place.State, workers.Count, options.Time, progress);
        try
        {
            if (!training.Run(cancellation))
            {
                throw new OperationCanceledException(cancellation);
            }
        }
        catch (ArithmeticException error)
        {
            throw new BadInputException($"the training ran away: {Printable.Reason(error)}", error);
        }

        training.TakeBest();
        double? temperature = data.Number is not null ? null
            : Temperature.Of(CaseScores.Of(workers, model, data.Validation, recipe.MicroBatch, cancellation));
        if (temperature is { } divisor)
        {
            Temperature.DivideHead(model, recipe.Classes, divisor);
        }

        var written = place.Write(model, data.Number is null ? data.ClassNames : null, temperature, data.FilesBeside);

        // Measured as it ships: read back, its matrices rounded.
        using var shipped = LoadedModel.Open(Path.GetFullPath(written), threads: 1);
        var objective = Objective.Of(recipe, data);
        ModelFigures Measure(LabelledCases cases)
            => objective.Figures(CaseScores.Of(workers, shipped.Model, cases, recipe.MicroBatch, cancellation), cases);
        var trained = new TrainedModel(
            place.Path, recipe.Architecture, WeightTotals.Of(model.AllWeights).Parameters, training.StepsTaken, training.BestStep,
            temperature ?? 1, Measure(data.Validation), data.Test is null ? null : Measure(data.Test), training.TimeSpent)
        {
            Remarks = data.Remarks,
        };
        place.Finish(ModelCard.Of(
            Path.GetFileName(Path.GetFullPath(place.Path)), trained, data, recipe, begun, DateOnly.FromDateTime(DateTime.UtcNow)));
        return trained;
    }

    private static CaseRecipe Recipe(TrainingSettings settings, TrainingData data)
    {
        var count = data.Train.Count;
        var batch = Math.Min(settings.BatchSize ?? (count >= ManyCases ? 64 : count >= FewCases ? 32 : 16), count);
        var perEpoch = count / batch;
        var epochs = settings.Epochs
            ?? Math.Clamp(CasesToSee / count, LeastEpochs, Math.Max(MostEpochs, StepsOfFew / perEpoch));
        var steps = settings.Steps ?? (int)Math.Min(int.MaxValue, (long)epochs * perEpoch);
        var counts = data.Train.CountsOf(data.ClassNames.Count);
        var recipe = data.Complete(
            new()
            {
                Data = data.Fingerprint,
                Architecture = settings.Architecture?.ToLowerInvariant() ?? data.Architectures[0],
                From = settings.From is { } from ? StartingWeights.Fingerprint(from) : null,
                Classes = data.ClassNames.Count,
                Seed = settings.Seed,
                Steps = steps,
                BatchSize = batch,
                StepsPerEpoch = perEpoch,
                WeightDecay = settings.WeightDecay,
                LabelSmoothing = settings.LabelSmoothing,
                DropPath = settings.DropPath,
                IsBalanced = settings.ClassWeights == ClassWeighting.Balanced
                    || (settings.ClassWeights == ClassWeighting.Auto && counts.Max() > 2 * counts.Min()),
            },
            settings);
        return recipe with { Patience = settings.Patience ?? Math.Max(5, steps / recipe.ValidateEvery / 3) };
    }

    // As many steps as a limit has room for at the speed of a few trial steps, but not more than would be taken without it.
    private static int StepsWithin(TimeSpan time, CaseRecipe recipe, TrainingData data, Workers workers)
    {
        const int Trials = 4;
        var model = data.Create(recipe, RandomWeights.Source(recipe.Seed));
        using var gradients = new CaseGradients(model, recipe.MicroBatch);
        var objective = Objective.Of(recipe, data);
        var clock = new Stopwatch();
        for (var trial = 0; trial <= Trials; trial++)
        {
            var first = trial * recipe.BatchSize;
            DrawnCase[] drawn =
                [.. Enumerable.Range(first, recipe.BatchSize).Select(i => new DrawnCase(i % data.Train.Count, null))];
            gradients.Run(
                workers,
                (tape, at, count) => data.Train.Scores(tape, model, drawn.AsSpan(at, count)),
                drawn.Length,
                (outputs, at, count, gradient) => objective.Evaluate(outputs, drawn.AsSpan(at, count), data.Train, gradient));
            if (trial == 0)
            {
                clock.Start(); // the first one compiles
            }
        }

        var fit = time.TotalSeconds * PlannedShare / Math.Max(1e-6, clock.Elapsed.TotalSeconds / Trials);
        return (int)Math.Clamp(fit, LeastSteps, Math.Max(LeastSteps, recipe.Steps));
    }

    private static void Check(TrainingSettings settings)
    {
        if (settings is { Epochs: not null, Steps: not null })
        {
            throw new BadInputException("--epochs and --steps exclude each other: both say how long to train");
        }

        Within("--validation", settings.ValidationShare, 0.01, 0.9);
        Within("--test", settings.TestShare, 0, 0.9);
        Within("--validation and --test together", settings.ValidationShare + settings.TestShare, 0.01, 0.9);
        Within("--smoothing", settings.LabelSmoothing, 0, 0.9);
        Within("--drop-path", settings.DropPath, 0, 0.9);
        Within("--decay", settings.WeightDecay, 0, 10);
        Within("--rate", settings.LearningRate ?? 1e-3, 1e-7, 1);
        Whole("--epochs", settings.Epochs, 1, 1_000_000);
        Whole("--steps", settings.Steps, 1, 100_000_000);
        Whole("--batch", settings.BatchSize, 1, 4096);
        Whole("--size", settings.Size, 4, 1024);
        Whole("--patch", settings.PatchSize, 1, 256);
        Whole("--width", settings.Width, 8, 2048);
        Whole("--depth", settings.Depth, 1, 64);
        Whole("--patience", settings.Patience, 1, 1_000_000);
    }

    private static void Within(string name, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            throw new BadInputException(string.Create(
                CultureInfo.InvariantCulture, $"{name} {value}: expected a number from {least} to {most}"));
        }
    }

    private static void Whole(string name, int? value, int least, int most)
    {
        if (value < least || value > most)
        {
            throw new BadInputException($"{name} {value}: expected a whole number from {least} to {most}");
        }
    }
}
