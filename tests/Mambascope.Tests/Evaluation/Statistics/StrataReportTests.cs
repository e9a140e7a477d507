using Mambascope.Evaluation.Statistics;
using Xunit;

namespace Mambascope.Tests.Evaluation.Statistics;

/// <summary>Groups beside others of their own stratum.</summary>
public sealed class StrataReportTests
{
    [Fact]
    public void A_group_that_has_the_easier_class_differs_from_all_others_and_from_nobody_of_its_class()
    {
        // Class a is right in 9 of 10, class b in 3 of 10, whoever photographed; north has mostly a.
        string[] strata = [.. Enumerable.Range(0, 80).Select(i => i < 40 ? "a" : "b")];
        string[] sites = [.. Enumerable.Range(0, 80).Select(i => i < 40 == (i % 40 < 30) ? "north" : "south")];
        var right = Measured.Mean("", [.. Enumerable.Range(0, 80).Select(i => i < 40 ? (i % 10 < 9 ? 1.0 : 0) : i % 10 < 3 ? 1.0 : 0)]);
        Assert.True(SliceReport.Of(right, sites).Slices[0].IsSeparated);
        var within = StrataReport.Of(right, strata, sites);
        Assert.Equal(["a", "b"], within.Select(each => each.Stratum));
        Assert.All(within, each =>
        {
            Assert.False(each.IsSeparated);
            Assert.Equal("south", each.Slice.Key); // the same difference once
            Assert.Equal(0, each.Slice.AgainstRest!.Value.Mean, 1e-12);
            Assert.Equal(40, each.Slice.Value.Count + each.RestCount);
        });
    }

    [Fact]
    public void A_group_that_decides_within_a_class_is_found_there_alone()
    {
        string[] strata = [.. Enumerable.Range(0, 60).Select(i => $"{i % 3}")];
        string[] marks = [.. Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? "no" : "yes")];
        var right = Measured.Mean("", [.. Enumerable.Range(0, 60).Select(i => i % 3 == 1 && i % 2 == 0 ? 0.0 : 1.0)]);
        var within = StrataReport.Of(right, strata, marks);
        Assert.Equal(["1"], within.Where(each => each.IsSeparated).Select(each => each.Stratum));
        var found = within.Single(each => each.IsSeparated);
        Assert.Equal((1.0, 0.0, 10, 10), (found.Slice.Value.Mean, found.Rest, found.Slice.Value.Count, found.RestCount));
        Assert.Equal(1, found.Slice.AgainstRest!.Value.Mean, 1e-12);
    }

    [Fact]
    public void Few_on_either_side_separate_nothing_and_one_group_has_no_other()
    {
        var right = Measured.Mean("", [1, 1, 1, 1, 1, 1, 1, 0, 0]);
        string[] keys = ["x", "x", "x", "x", "x", "x", "x", "y", "y"];
        Assert.All(StrataReport.Of(right, [.. keys.Select(_ => "one")], keys), each => Assert.False(each.IsSeparated));
        Assert.Empty(StrataReport.Of(right, keys, keys));
        Assert.Throws<BadInputException>(() => StrataReport.Of(right, ["a"], keys));
    }

    [Fact]
    public void Three_groups_are_all_told()
        => Assert.Equal(
            ["p", "q", "r"],
            StrataReport.Of(Measured.Mean("", [1, 0, 1]), ["s", "s", "s"], ["p", "q", "r"]).Select(each => each.Slice.Key));
}
