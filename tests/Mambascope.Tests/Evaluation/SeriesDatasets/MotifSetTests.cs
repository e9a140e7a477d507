using Mambascope.Evaluation.SeriesDatasets;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Evaluation.SeriesDatasets;

/// <summary>Series with a planted cause.</summary>
public sealed class MotifSetTests
{
    [Fact]
    public void Every_series_has_one_motif_and_one_ramp_that_do_not_overlap()
    {
        var set = MotifSet.Open("motifs:400:train");
        var counts = MotifSet.ClassNames.ToDictionary(name => name, _ => 0, StringComparer.Ordinal);
        var starts = new HashSet<int>();
        for (var i = 0; i < set.Count; i++)
        {
            var item = set.Read(i);
            counts[item.Case.Label!]++;
            Assert.Equal(16, item.Truth!.Count);
            Assert.InRange(item.Truth[0], 0, 112);
            starts.Add(item.Truth[0]);

            // Noise has a mean square of 1, motif and ramp add 9 each over 16 of 128 steps: 1 + 2 * 9 / 8.
            Assert.InRange(item.Case.Values.Average(value => value * value), 1.6, 6);
        }

        Assert.All(counts.Values, count => Assert.InRange(count, 70, 130));
        Assert.True(starts.Count > 90, $"{starts.Count} of 113 places");
    }

    [Fact]
    public void The_classes_differ_on_the_true_steps_and_nowhere_else()
    {
        var set = MotifSet.Open("motifs:2000:train");
        var (inside, outside) = (new double[4], new double[4]);
        var counts = new int[4];
        for (var i = 0; i < set.Count; i++)
        {
            var item = set.Read(i);
            var label = MotifSet.ClassNames.ToList().IndexOf(item.Case.Label!);
            var truth = item.Truth!.ToHashSet();
            inside[label] += truth.Average(t => (double)item.Case.Values[t]);
            outside[label] += Enumerable.Range(0, 128).Where(t => !truth.Contains(t)).Average(t => (double)item.Case.Values[t]);
            counts[label]++;
        }

        Assert.InRange(inside[0] / counts[0], 2, 3); // a bump is above 0 all along, a dip below
        Assert.InRange(inside[1] / counts[1], -3, -2);
        Assert.InRange(inside[2] / counts[2], -0.2, 0.2);
        Assert.All(outside.Zip(counts, (sum, count) => sum / count), mean => Assert.InRange(mean, -0.1, 0.1));
    }

    [Fact]
    public void The_same_is_made_every_time_and_another_to_test_by()
    {
        Assert.Equal(MotifSet.Open("motifs").Read(7).Case.Values, MotifSet.Open("motifs:500:test").Read(7).Case.Values);
        Assert.NotEqual(MotifSet.Open("motifs").Read(7).Case.Values, MotifSet.Open("motifs:500:train").Read(7).Case.Values);
        Assert.Equal((500, 2000), (MotifSet.Open("motifs").Count, MotifSet.Open("motifs:2000:train").Count));
        Assert.Equal(3, PlantedSeries.All(MotifSet.Open("motifs:3")).Cases.Count);
    }

    [Theory]
    [InlineData("motifs:0")]
    [InlineData("motifs:x")]
    [InlineData("motifs:5:exam")]
    [InlineData("motifs:5:test:more")]
    public void Another_form_is_refused_in_one_line(string specification)
        => TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => MotifSet.Open(specification)));
}
