using Mambascope.Evaluation.Datasets;
using Mambascope.Models;
using Mambascope.Training;

namespace Mambascope.Recipes;

/// <summary>
/// The recipe that all picture models share, and the model: everything that decides what a training run computes. Equal settings give equal
/// weights.
/// </summary>
internal abstract record SceneTrainingSettings : ITrainingRecipe
{
    /// <summary>Seed of initial weights, scenes and drop path.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Optimiser steps.</summary>
    public int Steps { get; init; } = 6000;

    /// <summary>Scenes a step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Highest learning rate.</summary>
    public double PeakLearningRate { get; init; } = 2e-3;

    /// <summary>Learning rate at the end.</summary>
    public double FloorLearningRate { get; init; } = 1e-5;

    /// <summary>Steps from 0 to the highest rate.</summary>
    public int WarmUpSteps { get; init; } = 300;

    /// <inheritdoc/>
    public int Cycles { get; init; } = 1;

    /// <summary>Decoupled weight decay of matrices.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Share of the target spread over all classes.</summary>
    public double LabelSmoothing { get; init; } = 0.05;

    /// <summary>Drop path rate of the last residual branch; it grows linearly from 0 at the first.</summary>
    public double DropPath { get; init; } = 0.05;

    /// <summary>Decay of the optimiser's running mean of squared gradients, β2.</summary>
    public double Beta2 { get; init; } = 0.99;

    /// <summary>Decay of the moving average of the weights.</summary>
    public double AverageDecay { get; init; } = 0.998;

    /// <summary>
    /// How the scenes are painted. Not public, so that it is no part of the settings' text by which saved runs are told apart: the name of
    /// the record says it.
    /// </summary>
    internal virtual SceneStyle Style => SceneStyle.Plain;

    /// <summary>What is learned from: scene i of it in the order of the numbers, none twice.</summary>
    /// <param name="garments">Folder of the Fashion-MNIST training files; likewise below.</param>
    internal virtual SceneStream TrainingScenes(string garments)
        => FashionScenes.Train(FashionMnist.Train(garments), (ulong)Seed, Style).Render;

    /// <summary>What tells how far the training is, and which weights are kept.</summary>
    internal virtual SceneStream ValidationScenes(string garments)
        => FashionScenes.Validation(FashionMnist.Train(garments), (ulong)Seed, Style).Render;

    /// <summary>What finished weights are measured on.</summary>
    internal virtual IReadOnlyList<SceneTest> Tests(string garments)
        => [new("fresh scenes of test garments", FashionScenes.Test(style: Style).Render)];

    /// <summary>A new model of these sizes.</summary>
    public abstract IVisionModel Create(WeightSource weights);
}
