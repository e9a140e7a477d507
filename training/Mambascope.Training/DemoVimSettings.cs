using Mambascope.Models;

namespace Mambascope.Training;

/// <summary>Everything that decides what a training run of demo-vim computes. Equal settings give equal weights.</summary>
public sealed record DemoVimSettings
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

    /// <summary>Decoupled weight decay of matrices.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Share of the target spread over all classes.</summary>
    public double LabelSmoothing { get; init; } = 0.05;

    /// <summary>Drop path rate of the last layer; it grows linearly from 0 at the first.</summary>
    public double DropPath { get; init; } = 0.05;

    /// <summary>Decay of the moving average of the weights.</summary>
    public double AverageDecay { get; init; } = 0.998;

    /// <summary>Width of the residual stream.</summary>
    public int Width { get; init; } = 96;

    /// <summary>Blocks.</summary>
    public int Depth { get; init; } = 8;

    /// <summary>States a channel.</summary>
    public int StateSize { get; init; } = 8;

    /// <summary>The model: 56 x 56 pixels in patches of 4, so 14 x 14 patches and 197 tokens as in the published models.</summary>
    public VisionMambaConfig Model => new()
    {
        ImageSize = 56,
        PatchSize = 4,
        Stride = 4,
        Width = Width,
        Depth = Depth,
        InnerWidth = 2 * Width,
        StateSize = StateSize,
        DtRank = (Width + 15) / 16,
        Classes = 8,
    };
}
