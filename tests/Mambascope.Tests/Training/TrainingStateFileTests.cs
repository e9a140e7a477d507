using Mambascope.Training;
using Xunit;

namespace Mambascope.Tests.Training;

public sealed class TrainingStateFileTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "mambascope-state-" + Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public void No_state_yet_is_not_an_error()
    {
        Assert.Null(new TrainingStateFile(_folder).Load(out var damage));
        Assert.Null(damage);
    }

    [Fact]
    public void Everything_comes_back()
    {
        var file = new TrainingStateFile(_folder);
        file.Save(State(step: 17));
        var state = file.Load(out var damage);
        Assert.Null(damage);
        Assert.NotNull(state);
        Assert.Equal("width 96 · seed 3", state.Settings);
        Assert.Equal((17, 18, 19), (state.Step, state.OptimizerSteps, state.AverageUpdates));
        Assert.Equal(0.875, state.BestScore);
        Assert.Equal(TimeSpan.FromSeconds(1234.5), state.Elapsed);
        Assert.True(new HashSet<string>(["best/w", "weights/w"], StringComparer.Ordinal).SetEquals(state.Arrays.Keys));
        Assert.Equal([1f, float.Epsilon, -0f, float.MaxValue, 17f], state.Arrays["weights/w"]);
        Assert.Empty(state.Arrays["best/w"]);
    }

    [Fact]
    public void A_state_cut_anywhere_or_changed_anywhere_is_passed_over_for_the_one_before()
    {
        var file = new TrainingStateFile(_folder);
        file.Save(State(step: 1));
        file.Save(State(step: 2));
        var path = Path.Combine(_folder, "state.bin");
        var whole = File.ReadAllBytes(path);
        for (var i = 0; i < whole.Length; i++)
        {
            File.WriteAllBytes(path, whole[..i]);
            AssertFirstStateIsUsed(file, $"cut at {i}");
            var changed = (byte[])whole.Clone();
            changed[i] ^= 0x10;
            File.WriteAllBytes(path, changed);
            AssertFirstStateIsUsed(file, $"changed at {i}");
        }

        // Saving over the damaged state keeps the whole one before it.
        file.Save(State(step: 3));
        Assert.Equal(3, file.Load(out _)!.Step);
        File.WriteAllBytes(path, []);
        Assert.Equal(1, file.Load(out _)!.Step);
    }

    [Fact]
    public void A_crash_between_the_renames_loses_nothing_but_the_last_save()
    {
        var file = new TrainingStateFile(_folder);
        file.Save(State(step: 1));
        file.Save(State(step: 2));
        File.Delete(Path.Combine(_folder, "state.bin"));
        Assert.Equal(1, file.Load(out var damage)!.Step);
        Assert.Null(damage);
        file.Save(State(step: 3));
        Assert.Equal(3, file.Load(out _)!.Step);
    }

    [Fact]
    public void When_no_whole_state_is_left_the_error_says_what_to_do()
    {
        var file = new TrainingStateFile(_folder);
        file.Save(State(step: 1));
        File.WriteAllBytes(Path.Combine(_folder, "state.bin"), [1, 2, 3]);
        var error = Assert.Throws<BadInputException>(() => file.Load(out _));
        Assert.Contains("delete " + _folder, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_cut_in_two_ends_with_the_same_weights_bit_for_bit()
    {
        var straight = new Run();
        for (var step = 0; step < 10; step++)
        {
            straight.Step(step);
        }

        var file = new TrainingStateFile(_folder);
        var first = new Run();
        for (var step = 0; step < 4; step++)
        {
            first.Step(step);
        }

        file.Save(first.State(4));

        var second = new Run();
        var state = file.Load(out _)!;
        state.RestoreTo(second.Parameters, second.Adam, second.Average);
        for (var step = (int)state.Step; step < 10; step++)
        {
            second.Step(step);
        }

        Assert.Equal(straight.Parameters[0].Values, second.Parameters[0].Values);
        Assert.Equal(straight.Average.Average(0), second.Average.Average(0));
        Assert.Equal(straight.Adam.Steps, second.Adam.Steps);
    }

    [Fact]
    public void A_state_of_another_model_is_refused_and_changes_nothing()
    {
        var run = new Run();
        var before = (float[])run.Parameters[0].Values.Clone();
        var error = Assert.Throws<BadInputException>(() => State(step: 1).RestoreTo(run.Parameters, run.Adam, run.Average));
        Assert.Contains("weights/w", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, run.Parameters[0].Values);
    }

    [Theory]
    [InlineData("../away")]
    [InlineData("..")]
    [InlineData("a\\b")]
    public void A_run_name_cannot_leave_the_cache(string name) =>
        Assert.Throws<BadInputException>(() => TrainingStateFile.InUserCache(name));

    [Fact]
    public void The_users_cache_folder_is_used() =>
        Assert.EndsWith(
            Path.Combine("mambascope", "training", "demo-vim"), TrainingStateFile.InUserCache("demo-vim").Folder, StringComparison.Ordinal);

    private static void AssertFirstStateIsUsed(TrainingStateFile file, string what)
    {
        var state = file.Load(out var damage);
        Assert.True(state?.Step == 1, $"{what}: read step {state?.Step}");
        Assert.NotNull(damage);
    }

    private static TrainingState State(long step) => new()
    {
        Settings = "width 96 · seed 3",
        Step = step,
        OptimizerSteps = step + 1,
        AverageUpdates = step + 2,
        BestScore = 0.875,
        Elapsed = TimeSpan.FromSeconds(1234.5),
        Arrays = new Dictionary<string, float[]>(StringComparer.Ordinal)
        {
            ["weights/w"] = [1f, float.Epsilon, -0f, float.MaxValue, step],
            ["best/w"] = [],
        },
    };

    private sealed class Run
    {
        public Run()
        {
            Parameters = [new TrainedParameter("w", [.. Enumerable.Range(0, 50).Select(i => i * 0.1f)], new float[50], true)];
            Adam = new AdamW(Parameters, new AdamWOptions());
            Average = new ExponentialMovingAverage(Parameters, 0.99);
        }

        public TrainedParameter[] Parameters { get; }

        public AdamW Adam { get; }

        public ExponentialMovingAverage Average { get; }

        public void Step(int step)
        {
            for (var i = 0; i < 50; i++)
            {
                Parameters[0].Gradient[i] = (Parameters[0].Values[i] * 0.1f) + ((step * i % 7) - 3);
            }

            Adam.Step(1e-2);
            Average.Update();
        }

        public TrainingState State(long step) => new()
        {
            Settings = "test",
            Step = step,
            OptimizerSteps = Adam.Steps,
            AverageUpdates = Average.Updates,
            BestScore = 0,
            Elapsed = TimeSpan.Zero,
            Arrays = TrainingState.ArraysOf(Parameters, Adam, Average),
        };
    }
}
