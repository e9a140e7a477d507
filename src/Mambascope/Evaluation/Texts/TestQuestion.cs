using Mambascope.Numerics;

namespace Mambascope.Evaluation.Texts;

/// <summary>A question of a data set as one model answered it.</summary>
/// <param name="Index">Number in the data set.</param>
/// <param name="Source">The question.</param>
/// <param name="Model">The model.</param>
/// <param name="Scores">Its logits after the asked token.</param>
/// <param name="Embedded">The text as vectors (1, L, d), before the first block.</param>
/// <param name="Prediction">Its answer: of the whole vocabulary or of the choices.</param>
/// <param name="Explained">The token that maps explain.</param>
public sealed record TestQuestion(int Index, TextQuestion Source, TextTestModel Model, float[] Scores, Activation<float> Embedded, int Prediction, int Explained)
{
    /// <summary>Whether the model's answer is the true one; null where that is not known.</summary>
    public bool? IsRight => Source.Answer is { } answer ? Prediction == answer : null;
}
