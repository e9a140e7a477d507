using System.CommandLine;
using Mambascope;
using Mambascope.Evaluation.Datasets;
using Mambascope.Numerics;
using Mambascope.Training;

var defaults = new DemoVimSettings();
var seed = new Option<int>("--seed") { Description = "Seed of weights, scenes and drop path.", DefaultValueFactory = _ => defaults.Seed };
var steps = new Option<int>("--steps") { Description = "Optimiser steps.", DefaultValueFactory = _ => defaults.Steps };
var width = new Option<int>("--width") { Description = "Width of the residual stream.", DefaultValueFactory = _ => defaults.Width };
var depth = new Option<int>("--depth") { Description = "Number of blocks.", DefaultValueFactory = _ => defaults.Depth };
var data = new Option<string>("--data") { Description = "Folder of the Fashion-MNIST training files (Debian package dataset-fashion-mnist).", DefaultValueFactory = _ => FashionMnist.DebianFolder };
var output = new Option<string>("--out") { Description = "Model folder to write.", DefaultValueFactory = _ => "models/demo-vim" };
var name = new Option<string>("--name") { Description = "Name of the run; its state is kept in the user's cache folder under this name.", DefaultValueFactory = _ => "demo-vim" };
var threads = new Option<int>("--threads") { Description = "Threads.", DefaultValueFactory = _ => Environment.ProcessorCount };

var train = new Command("demo-vim", "Train the Vision Mamba that ships, on fashion scenes. Start it again to go on after an interruption.") { seed, steps, width, depth, data, output, name, threads };
train.SetAction((parsed, cancellation) => Task.Run(() =>
{
    var settings = defaults with { Seed = parsed.GetValue(seed), Steps = parsed.GetValue(steps), Width = parsed.GetValue(width), Depth = parsed.GetValue(depth) };
    using var training = new DemoVimTraining(settings, parsed.GetValue(data)!, parsed.GetValue(output)!, parsed.GetValue(name)!, parsed.GetValue(threads), Console.Error);
    training.Run(cancellation);
}, CancellationToken.None));

var test = new Command("test-demo-vim", "Measure the shipped Vision Mamba on 10,000 fresh scenes of test garments.") { output, threads };
test.SetAction(parsed =>
{
    using var workers = new Workers(parsed.GetValue(threads));
    DemoVimTraining.Test(workers, parsed.GetValue(output)!, Console.Out);
});

var folder = new Option<string>("--folder") { Description = "Folder to write.", DefaultValueFactory = _ => "samples" };
var samples = new Command("samples", "Write the sample pictures: test scenes with their exact masks.") { folder };
samples.SetAction(parsed => SamplePictures.Write(parsed.GetValue(folder)!));

try
{
    return await new RootCommand("Trains the small models that ship with Mambascope.") { train, test, samples }.Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}
catch (BadInputException e)
{
    Console.Error.WriteLine($"mambascope-training: {e.Message}");
    return 2;
}
