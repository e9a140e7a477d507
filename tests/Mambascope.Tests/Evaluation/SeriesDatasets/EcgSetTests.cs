using Mambascope.Checkpoints;
using Mambascope.Evaluation.SeriesDatasets;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Evaluation.SeriesDatasets;

/// <summary>Heartbeats with a planted change.</summary>
public sealed class EcgSetTests
{
    private const int Rate = 360;
    private const double Interval = 0.7; // seconds from beat to beat
    private const int Beats = 200;
    private static readonly int[] early = [20, 60, 61, 130, 180];

    [Fact]
    public void Regular_beats_are_found_where_they_are_and_early_ones_are_left_out()
    {
        var found = RegularBeats.In(Recording(), Rate);
        var wanted = Enumerable.Range(1, Beats - 2)
            .Where(i => !early.Contains(i) && !early.Contains(i - 1) && !early.Contains(i + 1))
            .Select(PeakOf)
            .ToArray();
        Assert.Equal(wanted.Length, found.Count);
        Assert.All(found.Zip(wanted), pair => Assert.InRange(pair.First.Peak - pair.Second, -2, 2));
        Assert.All(found, beat => Assert.InRange(beat.Next, (Interval * Rate) - 4, (Interval * Rate) + 4));
    }

    [Fact]
    public void Nothing_is_found_in_noise_or_silence()
    {
        var random = new Random(1);
        Assert.Empty(RegularBeats.In(new float[20_000], Rate));
        Assert.InRange(RegularBeats.In([.. Enumerable.Range(0, 20_000).Select(_ => random.NextSingle())], Rate).Count, 0, 5);
        Assert.Empty(RegularBeats.In([1, 2, 3], Rate));
        Assert.Empty(RegularBeats.In([], Rate));
    }

    [Fact]
    public void A_normal_window_is_a_piece_of_the_recording_and_a_changed_one_differs_on_the_true_steps_alone()
    {
        var recording = Recording();
        float[] thinned = [.. recording.Where((_, t) => t % 2 == 0)];
        var (train, test) = (EcgSet.Open("x", recording, 150, isTraining: true), EcgSet.Open("x", recording, 150, isTraining: false));
        var border = (int)(0.6 * recording.Length) / 2;
        foreach (var (set, isTraining) in new[] { (train, true), (test, false) })
        {
            var (changed, starts) = (0, new HashSet<int>());
            for (var i = 0; i < set.Count; i++)
            {
                var item = set.Read(i);
                var truth = item.Truth!.ToHashSet();
                Assert.Equal(item.Case.Label == "changed" ? EcgSet.ChangeLength : 0, truth.Count);
                var at = Place(thinned, item.Case.Values, truth);
                Assert.True(at >= 0, $"window {i} is no piece of the recording");
                Assert.True(isTraining ? at + EcgSet.Length <= border : at >= border, $"window {i} begins at {at}, the border is {border}");
                changed += truth.Count > 0 ? 1 : 0;
                starts.Add(truth.Count > 0 ? truth.Min() : -1);
            }

            Assert.InRange(changed, 50, 100);
            Assert.True(starts.Count > 30, $"{starts.Count} places");
        }

        Assert.Equal(train.Read(7).Case.Values, EcgSet.Open("x", recording, 9, isTraining: true).Read(7).Case.Values);
        Assert.Equal((2, 0.005556), (test.First(2).Count, test.Format.TimeStep));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Half_of_the_windows_are_changed(bool isTraining)
    {
        var set = EcgSet.Open("x", Recording(), 2000, isTraining);
        var changed = Enumerable.Range(0, set.Count).Count(i => set.Read(i).Case.Label == "changed");
        Assert.InRange(changed, 910, 1090); // four deviations
    }

    [Fact]
    public void Files_are_read_and_split_and_count_are_named_behind_them()
    {
        using var folder = new TemporaryFolder();
        var file = Npz(folder, "ecg.npz", ("ecg", Recording()));
        Assert.Equal(500, EcgSet.Open($"ecg:{file}").Count);
        Assert.Equal(2000, EcgSet.Open($"ecg:{file}:train").Count);
        Assert.Equal("ecg:ecg.npz:30:train", EcgSet.Open($"ecg:{file}:30:train").Name);
        var (train, test) = PlantedSeries.Pair($"ecg:{file}:40");
        Assert.Equal((40, 500), (train.Count, test.Count));
        (train, test) = PlantedSeries.Pair($"ecg:{file}");
        Assert.Equal((2000, "ecg:ecg.npz:500:test"), (train.Count, test.Name));
        Refused($"ecg:{file}:0", "expected ecg:FILE");
        Refused("ecg:", "expected ecg:FILE");
        Refused($"ecg:{folder.File("absent.npz")}", "absent.npz");
        Refused($"ecg:{Npz(folder, "short.npz", ("ecg", Recording()[..4000]))}", "regular heartbeats");
        Refused($"ecg:{Npz(folder, "two.npz", ("a", [1, 2]), ("b", [1, 2]))}", "one array");
        Refused($"ecg:{Npz(folder, "nan.npz", ("a", [1, float.NaN]))}", "finite");
        TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => PlantedSeries.Pair($"ecg:{file}:30:test")));
    }

    private static string Npz(TemporaryFolder folder, string file, params (string Name, float[] Values)[] arrays)
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, values) in arrays)
        {
            writer.Add(name, [values.Length], values);
        }

        writer.SaveNpz(folder.File(file));
        return folder.File(file);
    }

    private static void Refused(string specification, string words)
        => Assert.Contains(
            words, TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => EcgSet.Open(specification))), StringComparison.Ordinal);

    // Where a standardised window stands in the recording, the changed steps apart; -1 where it does not.
    private static int Place(float[] recording, float[] window, HashSet<int> changed)
    {
        for (var at = 0; at + window.Length <= recording.Length; at++)
        {
            var piece = recording.AsSpan(at, window.Length).ToArray();
            var mean = piece.Average(value => (double)value);
            var deviation = Math.Sqrt(piece.Average(value => (value - mean) * (value - mean)));
            if (Enumerable.Range(0, window.Length)
                .All(t => changed.Contains(t) || Math.Abs(((piece[t] - mean) / deviation) - window[t]) < 1e-4))
            {
                return at;
            }
        }

        return -1;
    }

    // An early beat is wide, high and comes when the next one is not due yet.
    private static int PeakOf(int beat)
        => (int)Math.Round(((beat + 1) * Interval * Rate) - (early.Contains(beat) ? 0.25 * Rate : 0));

    private static float[] Recording()
    {
        var random = new Random(5);
        var samples = new float[(int)((Beats + 2) * Interval * Rate)];
        for (var t = 0; t < samples.Length; t++)
        {
            samples[t] = (0.01f * random.NextSingle()) + (0.05f * MathF.Sin(t / 900f));
        }

        for (var beat = 0; beat < Beats; beat++)
        {
            var (peak, isEarly) = (PeakOf(beat), early.Contains(beat));
            Wave(samples, peak - (0.16 * Rate), 0.025 * Rate, isEarly ? 0 : 0.15); // P
            Wave(samples, peak, (isEarly ? 0.05 : 0.012) * Rate, isEarly ? -1.4 : 1.2); // QRS
            Wave(samples, peak + (0.25 * Rate), 0.05 * Rate, isEarly ? 0.5 : 0.3); // T
        }

        return samples;
    }

    private static void Wave(float[] samples, double centre, double width, double height)
    {
        for (var t = Math.Max(0, (int)(centre - (4 * width))); t < Math.Min(samples.Length, centre + (4 * width)); t++)
        {
            samples[t] += (float)(height * Math.Exp(-(t - centre) * (t - centre) / (2 * width * width)));
        }
    }
}
