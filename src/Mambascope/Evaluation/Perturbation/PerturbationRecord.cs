namespace Mambascope.Evaluation.Perturbation;

/// <summary>
/// What the model answered along one order of erasing. Entry 0 is the start (the clean picture; the erased one for insertion), then one
/// entry a fraction.
/// </summary>
/// <param name="Predictions">The class with the highest score; of equal scores the lower class.</param>
/// <param name="Probabilities">Softmax probability of the explained class.</param>
/// <param name="Scores">Logit of the explained class.</param>
public sealed record PerturbationCurve(IReadOnlyList<int> Predictions, IReadOnlyList<double> Probabilities, IReadOnlyList<double> Scores);

/// <summary>One image and one map in the perturbation test: everything that the data-set figures need.</summary>
/// <param name="Label">True class.</param>
/// <param name="Explained">The class that the map explains.</param>
/// <param name="CleanPrediction">What the model says of the unchanged picture.</param>
/// <param name="Positive">The most relevant pixels first.</param>
/// <param name="Negative">The least relevant pixels first.</param>
/// <param name="IsDegenerate">The map ranked nothing; pixels went in reading order.</param>
public sealed record PerturbationRecord(
    int Label, int Explained, int CleanPrediction, PerturbationCurve Positive, PerturbationCurve Negative, bool IsDegenerate);
