using Mambascope.Evaluation.Texts;

namespace Mambascope.Evaluation.Runs;

/// <summary>All tests, of images and of text.</summary>
public static class EvaluationTests
{
    /// <summary>The test that wrote a result file.</summary>
    /// <exception cref="BadInputException">There is no test of that name, or its options are not what such a test writes.</exception>
    public static IEvaluationTest Read(EvaluationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Unit == EvaluationUnit.Image ? ImageTests.Read(settings) : TextTests.Read(settings);
    }
}
