using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Runs;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Texts;

/// <summary>
/// A test of explanations of text: measures the maps of one question after the other. <see cref="TextEvaluation"/> does the rest:
/// explaining, threads, order. <see cref="TextTests"/> lists them.
/// </summary>
public interface ITextTest : IEvaluationTest
{
    /// <summary>Whether it compares with tokens that are known to matter.</summary>
    bool NeedsTruth => false;

    /// <summary>Whether it compares pairs of sentences.</summary>
    bool NeedsPairs => false;

    /// <summary>Measures all maps of a question: what they share (changed texts) is done once. Several threads call it at once.</summary>
    /// <param name="question">The question.</param>
    /// <param name="maps">A map of every method, a value a token, all for the token <see cref="TestQuestion.Explained"/>.</param>
    /// <param name="workers">One thread.</param>
    /// <param name="pool">Memory.</param>
    /// <returns>A record a map, in their order. It is stored in the line and is all that summaries see.</returns>
    IReadOnlyList<JsonObject> Measure(TestQuestion question, IReadOnlyList<RelevanceMap<float>> maps, Workers workers, BufferPool<float> pool);
}

/// <summary>A test of text whose data-set figures are means over questions.</summary>
/// <typeparam name="TRecord">What is measured of one map.</typeparam>
public abstract class TextTest<TRecord> : RecordTest<TRecord>, ITextTest
{
    /// <summary>What stands in every note about the controls without truth.</summary>
    private protected const string Controls = "random and most-recent (the nearer, the more relevant) are controls.";

    /// <summary>The same where truth is known.</summary>
    private protected const string ControlsWithOracle = "random, most-recent (the nearer, the more relevant) and oracle (the truth itself) are controls.";

    /// <inheritdoc/>
    public virtual bool NeedsTruth => false;

    /// <inheritdoc/>
    public virtual bool NeedsPairs => false;

    /// <inheritdoc/>
    protected override string Units => "questions";

    /// <summary>The model's own share of right answers, where those are known: the same for every method.</summary>
    private protected static RecordFigure<TRecord> Accuracy(Func<TRecord, bool?> isRight)
        => new("accuracy", "accuracy", isHigherBetter: null, record => isRight(record) == true ? 1 : 0) { IsShare = true, Decimals = 1, Where = record => isRight(record) is not null };

    /// <inheritdoc/>
    public IReadOnlyList<JsonObject> Measure(TestQuestion question, IReadOnlyList<RelevanceMap<float>> maps, Workers workers, BufferPool<float> pool)
        => [.. MeasureAll(question, maps, workers, pool).Select(ResultLine.RecordOf)];

    /// <summary>The records of all maps of a question.</summary>
    protected abstract IEnumerable<TRecord> MeasureAll(TestQuestion question, IReadOnlyList<RelevanceMap<float>> maps, Workers workers, BufferPool<float> pool);
}
