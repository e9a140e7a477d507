namespace Mambascope.Evaluation.Datasets;

/// <summary>Which class the maps of an evaluation explain; for text, which next token.</summary>
public enum ExplainedClass
{
    /// <summary>The model's own answer, as in the published tables.</summary>
    Predicted,

    /// <summary>The true class or token.</summary>
    True,
}
