using System.CommandLine;
using Mambascope;
using Mambascope.Evaluation.Datasets;
using Mambascope.Numerics;
using Mambascope.Recipes;

const int PlayContext = 256; // bytes of a window
var defaults = new DemoVimSettings();
var seed = new Option<int>("--seed") { Description = "Seed of weights, scenes and drop path.", DefaultValueFactory = _ => defaults.Seed };
var steps = new Option<int?>("--steps") { Description = "Optimiser steps [default: as shipped]." };
var width = new Option<int?>("--width") { Description = "Width of the residual stream [default: as shipped]." };
var depth = new Option<int?>("--depth") { Description = "Number of blocks [default: as shipped]." };
var rate = new Option<double?>("--rate") { Description = "Highest learning rate [default: as shipped]." };
var data = new Option<string>("--data")
{
    Description = "Folder of the Fashion-MNIST training files (Debian package dataset-fashion-mnist).",
    DefaultValueFactory = _ => FashionMnist.DebianFolder,
};
var text = new Option<string>("--text")
{
    Description = "File with the text that language models are trained on.",
    DefaultValueFactory = _ => PlayText.StandardFile,
};
var output = new Option<string?>("--out") { Description = "Model folder [default: models/NAME]." };
var name = new Option<string?>("--name")
{
    Description = "Name of the run; its state is kept in the user's cache folder under this name [default: the model's].",
};
var threads = new Option<int>("--threads") { Description = "Threads.", DefaultValueFactory = _ => Environment.ProcessorCount };
var folder = new Option<string>("--folder") { Description = "Folder to write.", DefaultValueFactory = _ => "samples" };

var samples = new Command("samples", "Write the sample pictures: test scenes with their exact masks.") { folder };
samples.SetAction(parsed => SamplePictures.Write(parsed.GetValue(folder)!));

var root = new RootCommand("Trains the small models that ship with Mambascope.") { samples };
AddModel("demo-vim", "the Vision Mamba that ships", parsed => new DemoVimSettings
{
    Width = parsed.GetValue(width) ?? 96,
    Depth = parsed.GetValue(depth) ?? 8,
});
AddModel("demo-deit", "the transformer that ships beside it", parsed => new DemoDeitSettings
{
    Width = parsed.GetValue(width) ?? 96,
    Depth = parsed.GetValue(depth) ?? 6,
});
AddModel("demo-vim-hard", "demo-vim on hard scenes, whose garments colours do not show", parsed => new DemoVimHardSettings
{
    Width = parsed.GetValue(width) ?? 96,
    Depth = parsed.GetValue(depth) ?? 8,
});
AddModel("demo-deit-hard", "demo-deit on hard scenes", parsed => new DemoDeitHardSettings
{
    Width = parsed.GetValue(width) ?? 96,
    Depth = parsed.GetValue(depth) ?? 6,
});
AddModel("demo-shortcut", "demo-vim on scenes in which a mark gives one class away", parsed => new DemoShortcutSettings
{
    Width = parsed.GetValue(width) ?? 96,
    Depth = parsed.GetValue(depth) ?? 8,
});
AddModel("demo-vim-shuffled", "demo-vim's architecture on scenes with shuffled labels", parsed => new DemoVimShuffledSettings
{
    Width = parsed.GetValue(width) ?? 96,
    Depth = parsed.GetValue(depth) ?? 8,
});
AddModel("demo-deit-shuffled", "demo-deit's architecture on scenes with shuffled labels", parsed => new DemoDeitShuffledSettings
{
    Width = parsed.GetValue(width) ?? 96,
    Depth = parsed.GetValue(depth) ?? 6,
});
AddLanguageModel("demo-mamba", "the Mamba that ships for text", Plays, new DemoMambaSettings());
AddLanguageModel("demo-mamba2", "the Mamba-2 of the same size", Plays, new DemoMamba2Settings());
AddLanguageModel("demo-neox", "the transformer of the same size", Plays, new DemoNeoXSettings { PeakLearningRate = 2e-3 });
AddLanguageModel("demo-hybrid", "the hybrid of scans and attention of the same size", Plays, new DemoHybridSettings());
AddLanguageModel(
    "planted-mamba",
    "a small Mamba for texts with planted truth",
    _ => new PlantedRecall(grows: true),
    new DemoMambaSettings
    {
        Width = 64,
        Depth = 2,
        Steps = 16_000,
        PeakLearningRate = 2e-3,
        WeightDecay = 0.01,
    });
AddLanguageModel(
    "planted-neox",
    "a small transformer for texts with planted truth",
    _ => new PlantedRecall(grows: false),
    new DemoNeoXSettings
    {
        Width = 64,
        Depth = 3,
        MlpWidth = 256,
        BatchSize = 64,
        Steps = 5000,
        PeakLearningRate = 2e-3,
        WeightDecay = 0.01,
    });
AddLanguageModel(
    "planted-hybrid",
    "a small model with scans and attention side by side for texts with planted truth",
    _ => new PlantedRecall(grows: false),
    new PlantedHybridSettings());

try
{
    // A signal to stop is answered after the step at hand, with a saved state.
    return await root.Parse(args)
        .InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
}
catch (BadInputException e)
{
    Console.Error.WriteLine($"mambascope-recipes: {e.Message}");
    return 2;
}

void AddModel(string model, string what, Func<ParseResult, SceneTrainingSettings> sizes)
{
    var train = new Command(model, $"Train {what}, on fashion scenes. Start it again to go on after an interruption.")
    {
        seed, steps, rate, width, depth, data, output, name, threads,
    };
    train.SetAction((parsed, cancellation) => Task.Run(() =>
    {
        var standard = sizes(parsed);
        var settings = standard with
        {
            Seed = parsed.GetValue(seed),
            Steps = parsed.GetValue(steps) ?? standard.Steps,
            PeakLearningRate = parsed.GetValue(rate) ?? standard.PeakLearningRate,
        };
        using var training = new SceneTraining(
            settings, parsed.GetValue(data)!, Folder(parsed), parsed.GetValue(name) ?? model, parsed.GetValue(threads), Console.Error);
        training.RunAndTest(cancellation);
    }, CancellationToken.None));

    var test = new Command($"test-{model}", $"Measure {what} on fresh scenes of test garments.") { data, output, threads };
    test.SetAction(parsed =>
    {
        using var workers = new Workers(parsed.GetValue(threads));
        SceneTraining.Test(workers, Folder(parsed), sizes(parsed).Tests(parsed.GetValue(data)!), Console.Out);
    });
    root.Add(train);
    root.Add(test);

    string Folder(ParseResult parsed) => parsed.GetValue(output) ?? $"models/{model}";
}

void AddLanguageModel(string model, string what, Func<ParseResult, ILanguageTask> task, LanguageTrainingSettings standard)
{
    var train = new Command(model, $"Train {what}. Start it again to go on after an interruption.")
    {
        seed, steps, rate, width, depth, text, output, name, threads,
    };
    train.SetAction((parsed, cancellation) => Task.Run(() =>
    {
        var settings = standard with
        {
            Seed = parsed.GetValue(seed),
            Steps = parsed.GetValue(steps) ?? standard.Steps,
            PeakLearningRate = parsed.GetValue(rate) ?? standard.PeakLearningRate,
            Width = parsed.GetValue(width) ?? standard.Width,
            Depth = parsed.GetValue(depth) ?? standard.Depth,
        };
        using var training = new LanguageTraining(
            settings, task(parsed), Folder(parsed), parsed.GetValue(name) ?? model, parsed.GetValue(threads), Console.Error);
        training.RunAndTest(cancellation);
    }, CancellationToken.None));

    var test = new Command($"test-{model}", $"Measure {what} on what it was not trained on.") { text, output, threads };
    test.SetAction(parsed =>
    {
        using var workers = new Workers(parsed.GetValue(threads));
        LanguageTraining.Test(workers, task(parsed), Folder(parsed), Console.Out);
    });
    root.Add(train);
    root.Add(test);

    string Folder(ParseResult parsed) => parsed.GetValue(output) ?? $"models/{model}";
}

PlayPrediction Plays(ParseResult parsed) => new(PlayText.Load(parsed.GetValue(text)!, PlayContext), PlayContext);
