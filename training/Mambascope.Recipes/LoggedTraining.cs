using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Training;

namespace Mambascope.Recipes;

/// <summary>
/// The run that makes a shipped model: can be killed and started again with the same command, says how it goes in lines, and the averaged
/// weights that did best on validation data stand in the model folder.
/// </summary>
/// <param name="recipe">Settings.</param>
/// <param name="model">The model with its initial weights.</param>
/// <param name="gradient">Where the gradient of a weight is left.</param>
/// <param name="runName">Name under which the state is kept in the user's cache.</param>
/// <param name="workers">Threads; disposed of with the run.</param>
/// <param name="log">Progress.</param>
internal abstract class LoggedTraining(
    ITrainingRecipe recipe, IModel model, Func<Weight, float[]> gradient, string runName, Workers workers, TextWriter log)
    : TrainingRun(recipe, model, gradient, TrainingStateFile.InUserCache(runName), workers)
{
    /// <summary>Progress, a line at a time.</summary>
    protected TextWriter Log { get; } = log;

    /// <inheritdoc/>
    protected override TimeSpan ReportEvery => TimeSpan.FromSeconds(15);

    /// <summary>How often the averaged weights are validated.</summary>
    protected abstract TimeSpan ValidateEvery { get; }

    /// <summary>What speed is counted in, and how many of them a step has.</summary>
    protected abstract (string Name, int PerStep) Unit { get; }

    /// <summary>Trains to the last step, then measures the best weights as they ship.</summary>
    public void RunAndTest(CancellationToken stop)
    {
        if (Run(stop))
        {
            TestShipped();
            Log.WriteLine($"trained {Step * Unit.PerStep} {Unit.Name} in {Elapsed:h\\:mm\\:ss}");
        }
    }

    /// <summary>A score in words.</summary>
    protected abstract string Words(double score);

    /// <summary>Writes the present weights as they ship; returns where.</summary>
    protected abstract string Write();

    /// <summary>Measures the written weights and logs the result.</summary>
    protected abstract void TestShipped();

    /// <inheritdoc/>
    protected override bool IsValidationDue(TimeSpan since) => since > ValidateEvery;

    /// <inheritdoc/>
    protected override void Validated(double score, bool isBest)
        => Log.WriteLine($"step {Step}  {Words(score)} (averaged weights){(isBest ? $", best so far: written to {Write()}" : "")}");

    /// <inheritdoc/>
    protected override void Report(double loss, double learningRate, double rate, TimeSpan left)
        => Log.WriteLine(
            $"step {Step}/{Steps}  loss {loss:F4}  lr {learningRate:E1}  {rate * Unit.PerStep:F1} {Unit.Name}/s "
                + $" {left:h\\:mm\\:ss} left");

    /// <inheritdoc/>
    protected override void Resumed(string? damage)
    {
        if (damage is not null)
        {
            Log.WriteLine($"saved state: {damage}");
        }

        Log.WriteLine($"going on at step {Step}, {(Best > 0 ? "best so far: " + Words(Best) : "not validated yet")}");
    }
}
