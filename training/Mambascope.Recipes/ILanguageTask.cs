using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Training;

namespace Mambascope.Recipes;

/// <summary>What a language model is trained on, and how well it does on what it has not seen.</summary>
internal interface ILanguageTask
{
    /// <summary>Tokens of a window.</summary>
    int WindowLength { get; }

    /// <summary>Windows to learn from, all of <see cref="WindowLength"/> tokens.</summary>
    /// <param name="random">The only source of chance.</param>
    /// <param name="count">How many.</param>
    /// <param name="progress">Share of the training that is done, 0 to 1, for tasks that begin with easier material.</param>
    IReadOnlyList<TrainingWindow> Draw(Random random, int count, double progress);

    /// <summary>
    /// How good a model is on material that is never drawn, 0 to 1, more is better; does not depend on the number of threads.
    /// </summary>
    double Score(Workers workers, ILanguageModel model);

    /// <summary>A score in words.</summary>
    string Words(double score);
}
