using System.Text.Json.Nodes;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Faithfulness;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Measures.Texts;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Evaluation.Texts;
using Xunit;

namespace Mambascope.Tests.Evaluation.Measures;

/// <summary>Measures by name, and from the options of a result file.</summary>
public sealed class MeasureRegistryTests
{
    public static TheoryData<string> Names => [.. MeasureRegistry.All.Select(measure => measure.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_measure_is_found_by_name_and_made_again_of_its_options(string name)
    {
        var measure = MeasureRegistry.Standard(name);
        Assert.Equal(name, measure.Name);
        AssertReadsBack(measure);
    }

    [Fact]
    public void Options_other_than_the_standard_ones_are_kept()
    {
        AssertReadsBack(
            new PerturbationMeasure(
                new()
                {
                    Eraser = new BlurEraser(),
                    Direction = PerturbationDirection.Insertion,
                    Fractions = [0.05, 0.5],
                }));
        AssertReadsBack(new LocalisationMeasure(tolerance: 15));
        AssertReadsBack(new WeakSupervisionMeasure(MapThreshold.Otsu));
        AssertReadsBack(new WeakSupervisionMeasure(MapThreshold.At(0.35)));
        AssertReadsBack(new FaithfulnessMeasure(new PatchSampling { Samples = 9, Share = 0.4, Eraser = new MeanEraser() }));
        AssertReadsBack(new RobustnessMeasure(radius: 0.1, samples: 3));
        AssertReadsBack(new SanityMeasure(steps: 2, draws: 4));
        AssertReadsBack(new TextPerturbationMeasure(TokenRemoval.Parse(" ")));
        AssertReadsBack(new TextPerturbationMeasure(TokenRemoval.Parse("token:zero")));
        AssertReadsBack(new TextFaithfulnessMeasure(TokenRemoval.Zero));
        AssertReadsBack(new RationaleMeasure([0.15, 0.4]));
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
    [InlineData("text-planted", "{}", "text-planted", "images", "questions")]
    public void Options_that_no_measure_writes_are_refused_in_one_line(string measure, string options, params string[] said)
    {
        var message = Assert
            .Throws<BadInputException>(() => MeasureRegistry.Read(Settings(measure, CaseKind.Picture, JsonNode.Parse(options)!.AsObject())))
            .Message;
        Assert.DoesNotContain('\n', message);
        Assert.All(said, words => Assert.Contains(words, message, StringComparison.Ordinal));
    }

    private static void AssertReadsBack(IMeasure measure)
    {
        var again = MeasureRegistry.Read(EvaluationSettings.Parse(Settings(measure.Name, measure.Kind, measure.Options).ToLine(), "file"));
        Assert.IsType(measure.GetType(), again);
        Assert.Equal(measure.Options.ToJsonString(), again.Options.ToJsonString());
    }

    private static EvaluationSettings Settings(string measure, CaseKind kind, JsonObject options)
        => new(measure, options, "data", 1, [new("m", "abc")], [["raw"]], ExplainedClass.Predicted, Seed: 0) { Kind = kind };
}
