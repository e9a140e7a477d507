using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;

namespace Mambascope.Evaluation.Measures.Texts;

/// <summary>A measure of text whose data-set figures are means over questions.</summary>
/// <typeparam name="TRecord">What is measured of one map.</typeparam>
public abstract class TextMeasure<TRecord> : MeanMeasure<QuestionCase, TRecord>
{
    /// <summary>What stands in every note about the controls without truth.</summary>
    private protected const string Controls = "random and most-recent (the nearer, the more relevant) are controls.";

    /// <summary>The same where truth is known.</summary>
    private protected const string ControlsWithOracle =
        "random, most-recent (the nearer, the more relevant) and oracle (the truth itself) are controls.";

    /// <inheritdoc/>
    public sealed override CaseKind Kind => CaseKind.Question;

    /// <summary>The model's own share of right answers, where those are known: the same for every method.</summary>
    private protected static MeanFigure<TRecord> Accuracy(Func<TRecord, bool?> isRight)
        => new("accuracy", "accuracy", isHigherBetter: null, record => isRight(record) == true ? 1 : 0)
        {
            IsShare = true,
            Decimals = 1,
            Where = record => isRight(record) is not null,
        };
}
