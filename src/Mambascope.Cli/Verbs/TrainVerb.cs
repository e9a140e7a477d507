using System.CommandLine;
using Mambascope.Cli.Training;
using Mambascope.Imaging;
using Mambascope.Training;

namespace Mambascope.Cli.Verbs;

/// <summary>Trains a small classifier on the user's own data.</summary>
internal sealed class TrainVerb : Verb
{
    private readonly Option<string?> data = OptionKinds.Text(
        "--data", "DATA", "A folder with a folder for each class (or train, val and test with such folders), medmnist:FILE.npz, shapes, "
            + "fashion-scenes; or a file of series or a table: .ts, .csv, .npz; or motifs, or ecg:FILE.npz");

    private readonly Option<string?> output = OptionKinds.Text("--out", "FOLDER", "The model folder to make");

    private readonly Option<string?> architecture = OptionKinds.Text(
        "--architecture",
        string.Join('|', ModelTraining.Architectures.Concat(ModelTraining.SeriesArchitectures)),
        $"What is trained: on pictures {string.Join(", ", ModelTraining.Architectures)}, on series and tables "
            + $"{string.Join(", ", ModelTraining.SeriesArchitectures)} [default: the first]");

    private readonly Option<string?> from = OptionKinds.Text(
        "--from", "MODEL", "A trained model of the same architecture and sizes whose weights, the head's apart, are the start");

    private readonly Option<string?> classes = OptionKinds.Text(
        "--classes", "NAMES", "Names of the classes in the order of their indices, with commas, for data that does not say them");

    private readonly Option<bool> regression = OptionKinds.Switch(
        "--regression", "The labels of series or rows are numbers to predict, not classes (a .ts file with @targetLabel true says so)");

    private readonly Option<string?> unit = OptionKinds.Text("--unit", "UNIT", "Unit of the number to predict, such as mmHg");

    private readonly Option<int?> size = OptionKinds.Whole(
        "--size", "PIXELS", "Side of the picture that the model reads [default: the pictures', 64 at most]");

    private readonly Option<int?> patch = OptionKinds.Whole(
        "--patch",
        "PIXELS",
        "Side of a patch; steps of a series in a token [default: 4; steps 1; more where there would be over 256 of them]");

    private readonly Option<int?> width = OptionKinds.Whole(
        "--width", "N", "Width of the model [default: 96; 48 in vmamba's first stage; 64 on series]");
    private readonly Option<int?> depth = OptionKinds.Whole("--depth", "N", "Blocks [default: 6; 4 for vit; 3 on series]");

    private readonly Option<int?> epochs = OptionKinds.Whole(
        "--epochs", "N", "How often each case is seen at most [default: so often that 100,000 are seen, 8 to 150]");

    private readonly Option<int?> steps = OptionKinds.Whole("--steps", "N", "Steps at most, in place of --epochs");
    private readonly Option<double?> time = OptionKinds.Share("--time", "MINUTES", "Longest time; plans as many steps as fit in it");
    private readonly Option<int?> batch = OptionKinds.Whole(
        "--batch", "N", "Cases a step [default: 64; 32 with fewer than 2,000 cases, 16 with fewer than 200]");
    private readonly Option<double?> rate = OptionKinds.Share(
        "--rate", "RATE", "Highest learning rate [default: 0.002; 0.001 for vit and transformer]");
    private readonly Option<double?> decay = OptionKinds.Share("--decay", "X", "Weight decay [default: 0.05]");
    private readonly Option<double?> smoothing = OptionKinds.Share("--smoothing", "SHARE", "Label smoothing [default: 0.05]");
    private readonly Option<double?> dropPath = OptionKinds.Share("--drop-path", "SHARE", "Drop path of the last block [default: 0.05]");

    private readonly Option<PictureChanges[]> changes = OptionKinds.Choices(
        "--augment",
        "Random changes of training cases; flip only where left and right mean the same [default: shift; none on series]",
        [
            ("none", PictureChanges.None), ("shift", PictureChanges.Shift), ("flip", PictureChanges.Flip),
            ("contrast", PictureChanges.Contrast), ("turn", PictureChanges.Turn),
        ]);

    private readonly Option<double?> validation = OptionKinds.Share(
        "--validation", "SHARE", "Share held out to choose the weights, for data without a split [default: 0.2]");

    private readonly Option<double?> test = OptionKinds.Share(
        "--test", "SHARE", "Share held out for the final figures, for data without a split [default: 0]");

    private readonly Option<int?> patience = OptionKinds.Whole(
        "--patience", "N", "Validations without a better loss after which it ends [default: a third of all]");

    private readonly Option<ClassWeighting> weighting = OptionKinds.Choice(
        "--class-weights",
        "Whether rare classes count more [default: auto, balanced where one class is twice as frequent as another]",
        [("auto", ClassWeighting.Auto), ("none", ClassWeighting.None), ("balanced", ClassWeighting.Balanced)]);

    private readonly Option<int?> seed = OptionKinds.Whole("--seed", "N", "Seed of weights, order, splits and changes [default: 1]", 0);
    private readonly SeriesOptions series = new();
    private readonly Option<bool> resume = OptionKinds.Switch("--resume", "Go on with a training that was stopped, in --out");

    internal TrainVerb()
        : base("train", "Trains a small classifier, or a model that predicts a number, on your data, without Python or a GPU")
    {
        foreach (var option in Decisive.Append(output).Append(time).Append(resume))
        {
            Add(option);
        }
    }

    // What decides the result: not to be changed in between.
    private Option[] Decisive =>
    [
        data, architecture, from, classes, regression, unit, size, patch, width, depth, epochs, steps, batch, rate, decay, smoothing,
        dropPath, changes, validation, test, patience, weighting, seed, .. series.All,
    ];

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope train --data pictures --out my-model", "pictures/CLASS/*.png: a Vision Mamba that tells the classes apart"),
        (
            "mambascope train --data medmnist:pneumoniamnist.npz --out chest --classes normal,pneumonia",
            "a file of MedMNIST, with its own split"),
        ("mambascope train --data measurements.csv --out my-model", "time series or a table: a Mamba over time steps or columns"),
        (
            "mambascope train --data patients.csv --label-column pressure --regression --unit mmHg --out pressure",
            "a number in place of a class"),
        ("mambascope train --data shapes --time 2 --out toy", "without any file: two minutes on pictures that are drawn here"),
        ("mambascope train --resume --out my-model", "goes on after Ctrl-C, as if nothing had happened"),
        ("mambascope explain picture.png --model ./my-model", "why the trained model decides as it does"),
    ];

    /// <inheritdoc/>
    internal override string Remarks =>
        "Meant for small models on a processor: hundreds to some ten thousand pictures of 28 to 64 pixels, series of some\n"
        + "hundred steps, rows of a table; a model of some hundred thousand weights; minutes to an hour. For pictures of 224\n"
        + "pixels or millions of cases use another tool and open its checkpoint here.\n"
        + "The weights with the lowest loss on the validation cases are kept, averaged over the latest steps; their\n"
        + "probabilities are calibrated on the same cases (a temperature, divided into the head). The folder is an ordinary\n"
        + "model folder; its README.md has the data, accuracy with interval, AUC and\n"
        + "confusion matrix (of a predicted number its errors and R²), and this command.";

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        if (session.IsDouble)
        {
            throw new UsageException("--precision double is not for train: weights are learned in single precision");
        }

        var arguments = session.Arguments;
        var folder = arguments.GetValue(output) ?? throw new UsageException("--out FOLDER is missing: where the model will be");
        var isResumed = arguments.GetValue(resume);
        if (isResumed && Array.Find(Decisive, option => arguments.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new UsageException(
                $"{given.Name} cannot be changed by --resume: the training goes on as it began; only --threads and --time may be given");
        }

        var options = new TrainingOptions
        {
            Decode = path => ImageFile.Decode(path),
            Threads = session.Threads,
            Time = arguments.GetValue(time) is { } minutes ? TimeSpan.FromMinutes(Math.Min(minutes, 1e6)) : null,
            Command = CommandLine(arguments),
        };
        var trained = Stoppable(session, folder, (progress, stop) => isResumed
            ? ModelTraining.Resume(folder, options, progress, stop)
            : ModelTraining.Run(Settings(session), folder, options, progress, stop));
        foreach (var remark in trained.Remarks)
        {
            session.Warn(remark);
        }

        if (session.Json)
        {
            session.WriteJson(TrainingReport.Json(trained));
        }
        else
        {
            TrainingReport.Write(session.Out, trained);
        }
    }

    private static TrainedModel Stoppable(
        Session session, string folder, Func<IProgress<TrainingProgress>, CancellationToken, TrainedModel> train)
    {
        using var end = new CancellationTokenSource();
        using var gently = Interruption.Instead(end.Cancel);
        TrainingProgress? last = null;
        try
        {
            return session.Progress.Telling("reading the data", say => train(
                new Teller(progress =>
                {
                    last = progress;
                    say(progress.ToString());
                }),
                end.Token));
        }
        catch (OperationCanceledException)
        {
            throw new StoppedException(
                $"stopped{(last is null ? "" : $" at step {last.Step} of {last.Steps}")} and saved; go on with: mambascope train --resume "
                    + $"--out {folder}; or take the best weights so far with: mambascope train --resume --time 0 --out {folder}");
        }
    }

    private TrainingSettings Settings(Session session)
    {
        var arguments = session.Arguments;
        var file = series.Read(session);
        var standard = new TrainingSettings { Data = "" };
        return new()
        {
            Data = arguments.GetValue(data) ?? throw new UsageException("--data DATA is missing: what to learn from"),
            Architecture = arguments.GetValue(architecture),
            From = arguments.GetValue(from),
            ClassNames = arguments.GetValue(classes)?.Split(',', StringSplitOptions.TrimEntries),
            PredictsNumber = arguments.GetValue(regression),
            NumberUnit = arguments.GetValue(unit),
            Layout = file.Layout,
            LabelColumn = file.Label,
            CaseColumn = file.Case,
            Size = arguments.GetValue(size),
            PatchSize = arguments.GetValue(patch),
            Width = arguments.GetValue(width),
            Depth = arguments.GetValue(depth),
            Epochs = arguments.GetValue(epochs),
            Steps = arguments.GetValue(steps),
            BatchSize = arguments.GetValue(batch),
            LearningRate = arguments.GetValue(rate),
            WeightDecay = arguments.GetValue(decay) ?? standard.WeightDecay,
            LabelSmoothing = arguments.GetValue(smoothing) ?? standard.LabelSmoothing,
            DropPath = arguments.GetValue(dropPath) ?? standard.DropPath,
            Changes = arguments.GetResult(changes) is null ? null : arguments.GetValue(changes)!.Aggregate((a, b) => a | b),
            ValidationShare = arguments.GetValue(validation) ?? standard.ValidationShare,
            TestShare = arguments.GetValue(test) ?? standard.TestShare,
            Patience = arguments.GetValue(patience),
            ClassWeights = arguments.GetValue(weighting),
            Seed = arguments.GetValue(seed) ?? standard.Seed,
        };
    }

    // Words with blanks in quotes, as a shell would take them.
    private static string CommandLine(ParseResult arguments)
        => string.Join(' ', arguments.Tokens.Select(token => token.Value).Select(word =>
            word.Any(c => char.IsWhiteSpace(c)) ? $"'{word}'" : word).Prepend(CommandLineTool.Name));

    /// <summary>Says at once and in order how far it is; the usual reporter would hand it to another thread.</summary>
    private sealed class Teller(Action<TrainingProgress> tell) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => tell(value);
    }
}
