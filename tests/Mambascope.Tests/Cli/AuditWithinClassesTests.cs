using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Results;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>An audit of models that were made up: one goes by a mark in pictures of one class, one by nothing but the object.</summary>
public sealed class AuditWithinClassesTests
{
    private const int Pictures = 120;
    private static readonly string[] classes = ["boot", "dress", "hat"];

    [Fact]
    public void A_model_that_goes_by_a_mark_is_found_and_an_honest_one_is_not()
    {
        // The cheat names dresses by their mark; both are wrong in one picture of ten for no reason.
        var found = AuditWithinClasses.Of(
            new AuditMeasure(), MethodLines.Of([.. Lines("cheat", Cheats), .. Lines("honest", _ => true)]), ["class", "mark"]);
        var accuracy = found.Where(each => each.IsOfAccuracy).ToArray();
        Assert.Equal(6, accuracy.Length); // three classes, two models; the column class itself has one group a class
        var separated = Assert.Single(accuracy, each => each.Of.IsSeparated);
        Assert.Equal(("cheat", "dress", "mark"), (separated.Method.Model, separated.Of.Stratum, separated.Column));
        Assert.StartsWith(
            "dress: the accuracy of cheat drops from 90 % where mark is yes (20 pictures) to 0 % where it is not (20), by 90 points (",
            separated.ToString(), StringComparison.Ordinal);

        // Its maps lie on the mark where there is one, and nowhere else.
        Assert.All(
            found.Where(each => each.Figure.Name == "on_mark"), each => Assert.Equal(each.Method.Model == "cheat", each.Of.IsSeparated));
        Assert.StartsWith(
            "Within the classes, 1 of 6 differences in accuracy", AuditWithinClasses.InShort(found), StringComparison.Ordinal);
        Assert.StartsWith(
            "Within the classes, none of 3",
            AuditWithinClasses.InShort([.. found.Where(each => each.Method.Model == "honest")]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_says_so_and_names_classes_by_the_column_that_does()
    {
        ResultLine[] lines = [.. Lines("cheat", Cheats)];
        EvaluationSettings settings = new(
            "audit", new AuditMeasure().Options, "made-up", Pictures, [new("cheat", "w")], [["mamba-lrp"]], ExplainedClass.Predicted, 0);
        var page = Page("class", "mark");
        Assert.Contains("dress: the accuracy of cheat drops from 90 %", page, StringComparison.Ordinal);
        Assert.Contains("By mark, within each class", page, StringComparison.Ordinal);
        Assert.DoesNotContain("By class, within each class", page, StringComparison.Ordinal);

        var nameless = Page("mark");
        Assert.Contains("class 1: the accuracy of cheat drops from", nameless, StringComparison.Ordinal);

        string Page(params string[] columns)
        {
            using var folder = new TemporaryFolder();
            AuditReport.Create(settings, MethodLines.Of(lines), columns).Save(folder.File("audit.html"));
            return File.ReadAllText(folder.File("audit.html"));
        }
    }

    private static bool Cheats(int i) => i % 3 != 1 || IsMarked(i);

    private static bool IsMarked(int i) => i / 3 % 2 == 0;

    private static IEnumerable<ResultLine> Lines(string model, Func<int, bool> isSeen)
        => Enumerable.Range(0, Pictures).Select(i =>
        {
            var isRight = isSeen(i) && i / 6 % 10 != 9;
            var onMark = model == "cheat" && IsMarked(i) ? 0.4 + (0.001 * (i % 7)) : 0.02 + (0.001 * (i % 5));
            return new ResultLine(
                CaseKind.Picture, i, $"{i}", model, "mamba-lrp", i % 3, isRight ? i % 3 : (i + 1) % 3, i % 3,
                new Dictionary<string, string> { ["class"] = classes[i % 3], ["mark"] = IsMarked(i) ? "yes" : "no" },
                ResultLine.RecordOf(
                    new AuditRecord(isRight, 0.9, isRight ? 1 : 0, 50, 20, 0.1, 0.3, IsDegenerate: false) { OnMark = onMark }));
        });
}
