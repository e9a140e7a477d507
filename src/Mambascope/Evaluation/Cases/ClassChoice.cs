namespace Mambascope.Evaluation.Cases;

/// <summary>What a language model says of the classes of a question, where the question has some.</summary>
/// <param name="Scores">
/// One a class. Where each class is one token its logit; else the log-likelihood of the class's tokens after the text.
/// </param>
/// <param name="Preferred">The class with the highest.</param>
/// <param name="Explained">The class that maps explain, by its first token.</param>
public sealed record ClassChoice(float[] Scores, int Preferred, int Explained)
{
    /// <summary>
    /// Vectors of the classes' tokens but the last, (classes, longest - 1, d), as the model read them behind the text; empty where each
    /// class is one token.
    /// </summary>
    internal float[] Embedded { get; init; } = [];
}
