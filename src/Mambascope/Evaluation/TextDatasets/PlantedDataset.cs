using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Planted;

namespace Mambascope.Evaluation.TextDatasets;

/// <summary>
/// Texts with planted truth, drawn on the fly: one question a text, so that questions are independent; text i asks its question i mod n.
/// </summary>
/// <param name="task">The task.</param>
/// <param name="count">Questions.</param>
/// <param name="seed">Which texts.</param>
internal sealed class PlantedDataset(PlantedTask task, int count, int seed = PlantedDataset.TestSeed) : ITextDataset
{
    /// <summary>The seed of test texts; train with others.</summary>
    public const int TestSeed = 7919;

    /// <inheritdoc/>
    public string Name => $"{task.Name}:{count}{(seed == TestSeed ? "" : $":{seed}")}";

    /// <inheritdoc/>
    public int Count => count;

    /// <inheritdoc/>
    public bool HasAnswers => true;

    /// <inheritdoc/>
    public bool HasTruth => true;

    /// <inheritdoc/>
    public ExplainedClass Explained => ExplainedClass.True;

    /// <inheritdoc/>
    public TextQuestion Read(int index, TokenReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.RequireBytes(task.Name);
        var text = task.Draw(seed, IndexCheck.Within(index, count));
        var question = text.Questions[index % text.Questions.Count];
        int[] places =
        [
            .. Enumerable.Range(0, question.Position + 1).Where(place => place < question.Position || question.Truth.Contains(place)),
        ];
        return new($"{index}", [.. text.Tokens.Take(question.Position + 1)], places, question.Answer, [.. question.Truth.Order()]);
    }
}
