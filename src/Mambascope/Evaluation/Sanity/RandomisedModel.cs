using Mambascope.Models;

namespace Mambascope.Evaluation.Sanity;

/// <summary>A model in which a part of what was learned is destroyed.</summary>
/// <typeparam name="TModel">Of pictures, of text, or either.</typeparam>
/// <param name="Stages">Groups of weights that are randomised, from the classifier down.</param>
/// <param name="LastStage">The lowest of them, such as "layers.3".</param>
/// <param name="Network">The model.</param>
public sealed record RandomisedModel<TModel>(int Stages, string LastStage, TModel Network)
    where TModel : class, IModel;

/// <summary>Makes models that have forgotten, in part or altogether.</summary>
public static class RandomisedModel
{
    /// <summary>Steps of the cascade where nothing else is said.</summary>
    public const int StandardSteps = 5;

    /// <summary>Models without any weight in its place where nothing else is said, the cascade's last among them.</summary>
    public const int StandardDraws = 3;

    /// <summary>Models with all weights randomised at once, each drawn anew; every one takes the memory of the model.</summary>
    /// <param name="model">The trained model; it is not changed.</param>
    /// <param name="draws">Models to make.</param>
    /// <param name="seed">Seed of the permutations.</param>
    public static IReadOnlyList<RandomisedModel<TModel>> AtOnce<TModel>(TModel model, int draws, int seed)
        where TModel : class, IModel
        => [.. Enumerable.Range(1, draws).Select(draw => Draw(model, draw, seed))];

    /// <summary>One of the models of <see cref="AtOnce"/>: for those who look at one after the other.</summary>
    /// <param name="model">The trained model; it is not changed.</param>
    /// <param name="draw">Which, from 1.</param>
    /// <param name="seed">Seed of the permutations.</param>
    public static RandomisedModel<TModel> Draw<TModel>(TModel model, int draw, int seed)
        where TModel : class, IModel
        => Cascade(model, steps: 1, StableSeed.Of(seed, -draw))[0];

    /// <summary>
    /// The models of a cascade (<see cref="WeightRandomisation"/>) at some of its stages, evenly apart: the first has only its classifier
    /// randomised, the last everything. They share arrays with each other and with the original, so that all together need twice its
    /// memory.
    /// </summary>
    /// <param name="model">The trained model; it is not changed.</param>
    /// <param name="steps">Models to make, from 1 (all weights at once) to the number of stages.</param>
    /// <param name="seed">Seed of the permutations.</param>
    /// <exception cref="BadInputException">More steps than the model has groups of weights, or none.</exception>
    public static IReadOnlyList<RandomisedModel<TModel>> Cascade<TModel>(TModel model, int steps, int seed)
        where TModel : class, IModel
    {
        ArgumentNullException.ThrowIfNull(model);
        var cascade = new WeightRandomisation(model.AllWeights, seed);
        var all = cascade.Stages.Count;
        if (steps < 1 || steps > all)
        {
            throw new BadInputException(
                $"randomisation: expected 1 to {all} steps, the model's groups of weights from {cascade.Stages[0]} to "
                    + $"{cascade.Stages[^1]}, found {steps}");
        }

        return [.. Enumerable.Range(0, steps).Select(step =>
        {
            var stages = steps == 1 ? all : 1 + (int)Math.Round((double)step * (all - 1) / (steps - 1));
            return new RandomisedModel<TModel>(stages, cascade.Stages[stages - 1], (TModel)model.With(cascade.Source(stages)));
        })];
    }
}
