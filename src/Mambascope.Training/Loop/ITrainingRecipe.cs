namespace Mambascope.Training;

/// <summary>
/// What every training run needs to know, whatever it trains. Its <c>ToString</c> names all settings; a saved state is only for a run with
/// equal ones.
/// </summary>
internal interface ITrainingRecipe
{
    /// <summary>Seed of initial weights and of everything that is drawn.</summary>
    int Seed { get; }

    /// <summary>Optimiser steps.</summary>
    int Steps { get; }

    /// <summary>Items a step.</summary>
    int BatchSize { get; }

    /// <summary>Highest learning rate.</summary>
    double PeakLearningRate { get; }

    /// <summary>Learning rate at the end.</summary>
    double FloorLearningRate { get; }

    /// <summary>Steps from 0 to the highest rate.</summary>
    int WarmUpSteps { get; }

    /// <summary>How often the rate goes from its highest to its lowest; the steps are divided equally.</summary>
    int Cycles => 1;

    /// <summary>Decoupled weight decay of matrices.</summary>
    double WeightDecay { get; }

    /// <summary>Decay of the optimiser's running mean of squared gradients, β2.</summary>
    double Beta2 { get; }

    /// <summary>Decay of the moving average of the weights.</summary>
    double AverageDecay { get; }
}
