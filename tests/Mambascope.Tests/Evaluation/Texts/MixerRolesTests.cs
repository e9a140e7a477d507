using System.Text.Json.Nodes;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.TextDatasets;
using Mambascope.Evaluation.Texts;
using Mambascope.Models;
using Mambascope.Tests.Cli;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Evaluation.Texts;

/// <summary>Which kind of mixer carries the answers of models whose answers are known.</summary>
public sealed class MixerRolesTests
{
    [Theory]
    [InlineData("planted-mamba")]
    [InlineData("planted-neox")]
    public void A_model_of_one_kind_cannot_answer_without_it(string name)
    {
        using var model = TextModel.Open(name, threads: 2);
        var asked = 0;
        var roles = MixerRoles.Of(
            QuestionModel.Of(model),
            TextDatasetSpecification.Open("selective-copying:20", new()),
            model.Workers,
            () => asked++,
            TestContext.Current.CancellationToken);
        Assert.Equal(20, asked);
        var kind = model.Model.Shape.Kinds[0];
        Assert.Equal(
            kind == MixerKind.Scan
                ? [(null, false), (kind, false), (kind, true)]
                : new (MixerKind?, bool)[] { (null, false), (kind, false) },
            roles.Select(role => (role.Cut, role.CutsTaps)));
        Assert.True(roles[0].Accuracy.Mean > 0.9, $"{roles[0].Accuracy}");
        Assert.True(roles[1].Accuracy.Mean < 0.3, $"{roles[1].Accuracy}");
        Assert.Equal(roles[1].Accuracy.Mean - roles[0].Accuracy.Mean, roles[1].Change.Mean, 12);
        Assert.True(roles[1].Probability.Mean < roles[0].Probability.Mean);
        Assert.InRange(roles[1].Share.Mean, 0.3, 1 + 1e-9);
    }

    [Fact]
    public void A_hybrid_has_a_row_for_each_kind()
    {
        var rows = JsonNode.Parse(
            CliRun.Successful("evaluate", "text", "mixers", "--model", "demo-hybrid", "--data", "induction:5", "--json").Out)!["results"]!
            .AsArray();
        Assert.Equal(
            ["nothing", MixerKind.Scan.Name, MixerKind.Scan.Name + " and its convolution", MixerKind.Softmax.Name],
            rows.Select(row => (string?)row!["cut"]));
        Assert.Null(rows[0]!["share"]);
        Assert.NotNull(rows[1]!["share"]);
        Assert.Null(rows[2]!["share"]);
    }

    [Fact]
    public void Texts_without_answers_are_refused()
    {
        var run = CliRun.Of("evaluate", "text", "mixers", "--model", "demo-mamba");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--data is missing", run.Error, StringComparison.Ordinal);
    }
}
