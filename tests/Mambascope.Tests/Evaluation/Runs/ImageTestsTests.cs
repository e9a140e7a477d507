using System.Text.Json.Nodes;
using Mambascope.Evaluation.Faithfulness;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Evaluation.Runs;
using Mambascope.Evaluation.Segmentation;
using Xunit;

namespace Mambascope.Tests.Evaluation.Runs;

/// <summary>Tests by name, and from the options of a result file.</summary>
public sealed class ImageTestsTests
{
    public static TheoryData<string> Names => [.. ImageTests.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_test_is_found_by_name_and_made_again_of_its_options(string name)
    {
        var test = ImageTests.Standard(name);
        Assert.Equal(name, test.Name);
        AssertReadsBack(test);
    }

    [Fact]
    public void Options_other_than_the_standard_ones_are_kept()
    {
        AssertReadsBack(new PerturbationImageTest(new() { Eraser = new BlurEraser(), Direction = PerturbationDirection.Insertion, Fractions = [0.05, 0.5] }));
        AssertReadsBack(new LocalisationImageTest(tolerance: 15));
        AssertReadsBack(new WeakSupervisionImageTest(MapThreshold.Otsu));
        AssertReadsBack(new WeakSupervisionImageTest(MapThreshold.At(0.35)));
        AssertReadsBack(new FaithfulnessImageTest(new PatchSampling { Samples = 9, Share = 0.4, Eraser = new MeanEraser() }));
        AssertReadsBack(new RobustnessImageTest(radius: 0.1, samples: 3));
        AssertReadsBack(new SanityImageTest(steps: 2));
    }

    [Theory]
    [InlineData("guessing", "{}", "guessing", "sanity")]
    [InlineData("sanity", "{}", "sanity", "steps", "nothing")]
    [InlineData("sanity", """{"steps": "many"}""", "steps", "many")]
    [InlineData("robustness", """{"radius": 0.1, "samples": 1.5}""", "samples", "1.5")]
    [InlineData("perturbation", """{"eraser": "black", "direction": "deletion", "fractions": 3}""", "fractions", "3")]
    [InlineData("perturbation", """{"eraser": "black", "direction": "deletion", "fractions": ["a"]}""", "fractions")]
    [InlineData("faithfulness", """{"samples": 9, "share": 0.1, "eraser": "ink"}""", "ink")]
    [InlineData("weak-supervision", """{"threshold": 4}""", "threshold")]
    public void Options_that_no_test_writes_are_refused_in_one_line(string test, string options, params string[] said)
    {
        var message = Assert.Throws<BadInputException>(() => ImageTests.Read(Settings(test, JsonNode.Parse(options)!.AsObject()))).Message;
        Assert.DoesNotContain('\n', message);
        Assert.All(said, words => Assert.Contains(words, message, StringComparison.Ordinal));
    }

    private static void AssertReadsBack(IImageTest test)
    {
        var again = ImageTests.Read(EvaluationSettings.Parse(Settings(test.Name, test.Options).ToLine(), "file"));
        Assert.IsType(test.GetType(), again);
        Assert.Equal(test.Options.ToJsonString(), again.Options.ToJsonString());
    }

    private static EvaluationSettings Settings(string test, JsonObject options) => new(test, options, "data", 1, [new("m", "abc")], [["raw"]], ExplainedClass.Predicted, Seed: 0);
}
