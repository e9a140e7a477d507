namespace Mambascope.Evaluation.Datasets;

/// <summary>What a data set knows about its pictures, texts or series beside themselves: what a measure may ask for.</summary>
[Flags]
public enum KnownFacts
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The right answer: the true class, or the token that has to come next.</summary>
    Answers = 1,

    /// <summary>What matters: masks of the object, or the tokens that carry the answer.</summary>
    Truth = 2,

    /// <summary>Two objects in each picture, each with its class and its mask.</summary>
    OtherObjects = 4,

    /// <summary>Two sentences to compare.</summary>
    Pairs = 8,
}
