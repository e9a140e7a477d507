using Mambascope.Autodiff;
using Mambascope.Evaluation.Planted;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Training;

namespace Mambascope.Recipes;

/// <summary>
/// Answering the questions of planted texts: one of copying to three of induction, which is much harder to learn. Texts are padded at the
/// end to the same length; only answers are learned, the rest is chance. The score is the share of right answers in the task that goes
/// worst.
/// </summary>
/// <param name="grows">
/// Whether texts have few places until <see cref="GrowsFrom"/> of the training and all lengths from <see cref="GrownAt"/> on, or all
/// lengths always. On long texts the loss of a Mamba stays at chance for thousands of steps; a transformer does not learn induction on
/// short ones.
/// </param>
internal sealed class PlantedRecall(bool grows) : ILanguageTask
{
    private const int TestTexts = 1000;
    private const int MicroBatch = 25;

    // Seeds of texts. What evaluate draws has small seeds.
    private const int TestSeed = 1_000_000_007;
    private const int LeastTrainSeed = 1_100_000_000;

    // Induction needs an even number.
    private const int LeastPlaces = InductionHeads.LeastPlaces;

    /// <summary>Share of the training after which texts grow.</summary>
    public const double GrowsFrom = 0.3;

    /// <summary>Share of the training after which texts have all lengths.</summary>
    public const double GrownAt = 0.7;

    /// <inheritdoc/>
    public int WindowLength { get; } = PlantedTasks.All.Max(task => task.Length);

    /// <inheritdoc/>
    public IReadOnlyList<TrainingWindow> Draw(Random random, int count, double progress)
    {
        var seed = random.Next(LeastTrainSeed, int.MaxValue);
        var most =
            LeastPlaces
            + (int)(
                (PlantedTask.StandardPlaces - LeastPlaces)
                    * (grows ? Math.Clamp((progress - GrowsFrom) / (GrownAt - GrowsFrom), 0, 1) : 1));
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    var places = 2 * random.Next(LeastPlaces / 2, (most / 2) + 1);
                    PlantedTask task = i % 4 == 0 ? new SelectiveCopying(places) : new InductionHeads(places);
                    return Window(task.Draw(seed, i));
                }),
        ];
    }

    /// <inheritdoc/>
    public double Score(Workers workers, ILanguageModel model) => PlantedTasks.All.Min(task => Accuracy(workers, model, task, TestTexts));

    /// <inheritdoc/>
    public string Words(double score)
        => $"{score * 100:F2} % of the answers to {TestTexts} fresh texts right, in the worst of "
        + $"{string.Join(" and ", PlantedTasks.All.Select(task => task.Name))}";

    /// <summary>Share of the questions of fresh texts that a model answers rightly.</summary>
    public static double Accuracy(Workers workers, ILanguageModel model, PlantedTask task, int texts)
    {
        using var alone = new Workers(1);
        var (right, asked) = (new int[(texts + MicroBatch - 1) / MicroBatch], new int[(texts + MicroBatch - 1) / MicroBatch]);
        workers.For(right.Length, chunk =>
        {
            var drawn = Enumerable
                .Range(chunk * MicroBatch, Math.Min(MicroBatch, texts - (chunk * MicroBatch)))
                .Select(i => task.Draw(TestSeed, i))
                .ToArray();
            using var tape = new Tape<float>(alone, new BufferPool<float>(), isRecording: false);
            var logits = model.Forward(tape, TokenBatch.Of([.. drawn.Select(text => text.Tokens)]), ScorePositions.All).Logits.Data;
            for (var item = 0; item < drawn.Length; item++)
            {
                foreach (var question in drawn[item].Questions)
                {
                    var scores = logits.Row(item, question.Position);
                    right[chunk] += ArgMax.Of(scores) == question.Answer ? 1 : 0;
                    asked[chunk]++;
                }
            }
        });
        return (double)right.Sum() / asked.Sum();
    }

    private TrainingWindow Window(PlantedText text)
    {
        var (tokens, next) = (new int[WindowLength], new int[WindowLength]);
        Array.Fill(next, NextTokenCrossEntropy.NotAsked);
        text.Tokens.ToArray().CopyTo(tokens, 0);
        foreach (var question in text.Questions)
        {
            next[question.Position] = question.Answer;
        }

        return new(tokens, next);
    }
}
